"""The laws that the program does not keep yet. run.sh loads this as a plugin of pytest.

Every entry is a test that fails today. It is expected to fail, strictly: the change that mends the
fault removes the entry, or the suite is red.
"""

# mypy: allow-untyped-decorators

from __future__ import annotations

import pytest

OPEN: dict[str, str] = {
    "test_bytes::test_a_budget_of_bytes_holds_for_all_clients_together":
        "there is no server.memory",
    "test_bytes::test_a_head_that_cannot_be_served_is_answered_before_its_body[DELETE]":
        "a body is read before the route and the method are judged",
    "test_bytes::test_a_head_that_cannot_be_served_is_answered_before_its_body[GET]":
        "a body is read before the route and the method are judged",
    "test_bytes::test_a_head_that_cannot_be_served_is_answered_before_its_body[method]":
        "a body is read before the route and the method are judged",
    "test_bytes::test_a_head_that_cannot_be_served_is_answered_before_its_body[model]":
        "a body is read before the route and the method are judged",
    "test_bytes::test_a_head_that_cannot_be_served_is_answered_before_its_body[path]":
        "a body is read before the route and the method are judged",
    "test_bytes::test_an_answer_beyond_all_memory_is_refused_alone": "bad_alloc of a run is a 500",
    "test_bytes::test_bodies_for_no_path_are_not_kept":
        "bodies are kept whole for paths that do not exist",
    "test_bytes::test_large_answers_leave_no_memory_behind":
        "the buffer of an answer never shrinks",
    "test_bytes::test_many_empty_rows_cost_what_their_text_costs":
        "a row is charged by its shape, and bad_alloc ends the process",
    "test_bytes::test_metrics_and_health_keep_descriptors_of_their_own":
        "metrics and health have no descriptors of their own",
    "test_bytes::test_padding_beside_no_data_buys_no_strings":
        "strings are made by the shape before the text is read",
    "test_bytes::test_refused_strings_are_given_back":
        "refused strings are kept as long as the version",
    "test_bytes::test_strings_that_were_answered_are_given_back":
        "answered strings are kept as long as the version",
    "test_bytes::test_the_longest_idle_connection_is_shed_for_a_new_one":
        "there is no server.max_connections",
    "test_bytes::test_validating_very_many_classes_ends_no_server":
        "the confusion matrix takes classes squared",
    "test_counts::test_a_probe_that_says_no_is_no_error_of_the_server":
        "a probe's 503 is an error of the log",
    "test_counts::test_a_refused_method_keeps_its_name[PROPFIND-/health]":
        "unknown methods are called OTHER",
    "test_counts::test_a_refused_method_keeps_its_name[TRACE-/health]":
        "unknown methods are called OTHER",
    "test_counts::test_a_sample_of_half_meets_every_model":
        "sampling counts requests, so it follows their pattern",
    "test_counts::test_a_wait_is_in_the_histogram_of_the_client_that_waited":
        "the histogram starts when a tick begins",
    "test_counts::test_calls_of_the_registry_are_in_a_counter":
        "calls of the registry are in no counter",
    "test_counts::test_every_refusal_is_in_a_counter[400]":
        "refusals before a model are in no counter",
    "test_counts::test_every_refusal_is_in_a_counter[404]":
        "refusals before a model are in no counter",
    "test_counts::test_every_refusal_is_in_a_counter[405]":
        "refusals before a model are in no counter",
    "test_counts::test_every_refusal_is_in_a_counter[413]":
        "refusals before a model are in no counter",
    "test_counts::test_every_refusal_is_in_a_counter[414]":
        "refusals before a model are in no counter",
    "test_counts::test_every_refusal_is_in_a_counter[417]":
        "refusals before a model are in no counter",
    "test_counts::test_every_refusal_is_in_a_counter[431]":
        "refusals before a model are in no counter",
    "test_counts::test_every_refusal_is_in_a_counter[501]":
        "refusals before a model are in no counter",
    "test_counts::test_the_lag_of_the_loop_has_a_histogram": "the lag of the loop is not measured",
    "test_http::test_no_body_is_asked_for_by_a_method_that_is_not_answered":
        "100 Continue is sent before route and method are known",
    "test_http::test_no_body_is_asked_for_on_an_unknown_route":
        "100 Continue is sent before route and method are known",
    "test_http::test_options_of_the_server_are_answered": "OPTIONS * is a 404",
    "test_leaving::test_a_client_that_was_reset_gives_its_place_back":
        "the place of a client that is gone stays taken",
    "test_leaving::test_a_drain_answers_503_to_what_is_queued":
        "queued requests are cut when the drain is over",
    "test_leaving::test_an_end_waits_for_no_run_longer_than_the_drain":
        "the process waits for its runs whatever the drain",
    "test_leaving::test_no_alias_moves_for_a_caller_that_was_cut":
        "a queued promotion is made after its caller was cut",
    "test_leaving::test_the_deadline_is_answered_when_it_comes": "504 comes at the end of the run",
    "test_leaving::test_the_run_of_a_client_that_was_reset_ends":
        "the run of a client that is gone goes on",
    "test_limits::test_a_queue_is_counted_in_requests": "the depth of the queue counts rows",
    "test_limits::test_exactly_as_many_run_as_the_limit_says":
        "the limit is divided by the reactors, and rounded up",
    "test_limits::test_one_client_leaves_room_for_another": "one connection may take all places",
    "test_limits::test_one_client_may_ask_within_the_limit_whatever_the_reactors":
        "the limit is divided by the reactors",
    "test_models::test_a_model_that_cannot_be_loaded_is_unavailable_not_unknown":
        "a model that failed to load is a 404",
    "test_models::test_a_model_that_signals_in_its_trial_ends_no_server":
        "a trial run is made in the server",
    "test_models::test_a_model_that_signals_in_its_trial_prevents_no_start":
        "a trial run is made in the server, again at each start",
    "test_models::test_a_push_that_a_server_works_on_holds_no_end":
        "the end of the process waits for its jobs",
    "test_models::test_a_quotient_that_there_is_not_fails_alone[too large among rows-div_shifted]":
        "INT64 division that overflows raises SIGFPE",
    "test_models::test_a_quotient_that_there_is_not_fails_alone[too large among rows-mod_shifted]":
        "INT64 division that overflows raises SIGFPE",
    "test_models::test_a_quotient_that_there_is_not_fails_alone[too large-div_shifted]":
        "INT64 division that overflows raises SIGFPE",
    "test_models::test_a_quotient_that_there_is_not_fails_alone[too large-mod_shifted]":
        "INT64 division that overflows raises SIGFPE",
    "test_models::test_a_start_waits_for_no_model_without_end":
        "a start tries every model before it listens",
    "test_models::test_constants_that_a_graph_describes_cost_the_server_nothing":
        "graphs are optimised in the server",
    "test_models::test_functions_that_expand_end_a_push_in_time":
        "functions are expanded without a bound",
    "test_models::test_health_names_a_model_that_cannot_be_loaded":
        "a model that failed to load is a 404",
    "test_models::test_health_names_a_model_that_signals":
        "a trial run is made in the server, and its digest is not kept",
    "test_rows_stay_apart::test_a_manifest_that_forbids_sharing_is_obeyed":
        "the manifest has no batchable",
    "test_rows_stay_apart::test_a_row_answers_the_same_alone_and_beside_others[cumulative_sum]":
        "the trial runs copies of one row and compares shapes",
    "test_rows_stay_apart::test_a_row_answers_the_same_alone_and_beside_others[mean_over_rows]":
        "the trial runs copies of one row and compares shapes",
    "test_rows_stay_apart::test_a_row_answers_the_same_alone_and_beside_others[softmax_over_rows]":
        "the trial runs copies of one row and compares shapes",
    "test_signals::test_a_limit_of_file_sizes_ends_nothing": "SIGXFSZ has its default action",
    "test_signals::test_an_unread_console_holds_no_end": "the log waits for its console",
    "test_signals::test_an_unread_console_holds_no_log_file": "one thread writes console and file",
    "test_signals::test_sighup_ends_nothing": "SIGHUP has its default action",
    "test_signals::test_sighup_opens_the_log_file_again": "SIGHUP has its default action",
    "test_switches::test_a_loop_without_end_holds_no_end_of_the_process":
        "the end of the process waits for a trial run",
    "test_switches::test_a_loop_without_end_holds_no_other_promotion":
        "models are tried one after the other without a deadline",
    "test_switches::test_a_reactor_that_was_busy_meanwhile_takes_the_new_version_first":
        "a reactor reads its sockets before it looks for a new table",
    "test_turns::test_a_large_answer_is_written_in_slices":
        "an answer is written on the reactor in one piece",
    "test_turns::test_a_large_body_is_decoded_in_slices":
        "a body is decoded on the reactor in one piece",
    "test_turns::test_a_large_document_for_the_registry_is_parsed_elsewhere":
        "bodies for the registry are parsed on the reactor",
    "test_turns::test_a_row_among_cheap_rows_does_not_hide_its_cost":
        "a run is judged by its rows, not by what it has cost",
    "test_turns::test_a_run_that_looked_cheap_holds_no_other_client":
        "a model that looks cheap runs on the reactor, however long",
    "test_turns::test_cheap_runs_do_not_make_the_next_one_look_cheap":
        "cheap runs make a model run on the reactor again",
    "test_turns::test_sixty_thousand_rows_are_answered_in_slices":
        "a body is decoded on the reactor in one piece",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the tests of the table. Only a test's own assertion counts as the fault."""
    names = set()
    for item in items:
        name = f"{item.path.stem}::{item.name}"
        names.add(name)
        if item.path.parent.name == "fault" and name in OPEN:
            mark = pytest.mark.xfail(strict=True, raises=AssertionError, reason=OPEN[name])
            item.add_marker(mark)
    stale = sorted(OPEN.keys() - names)
    if stale and not any("::" in word or word.endswith(".py") for word in config.args):
        raise pytest.UsageError(f"open_faults.py: no such test: {', '.join(stale)}")
