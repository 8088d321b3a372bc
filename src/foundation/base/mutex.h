#pragma once

#include <condition_variable>
#include <mutex>

// Annotations that clang checks at compile time (-Wthread-safety). Other compilers ignore them.
#if defined(__clang__)
#define MOORAGE_THREAD(x) __attribute__((x))
#else
#define MOORAGE_THREAD(x)
#endif
#define CAPABILITY(x) MOORAGE_THREAD(capability(x))
#define SCOPED_CAPABILITY MOORAGE_THREAD(scoped_lockable)
#define GUARDED_BY(x) MOORAGE_THREAD(guarded_by(x))
#define REQUIRES(...) MOORAGE_THREAD(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) MOORAGE_THREAD(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) MOORAGE_THREAD(acquire_capability(__VA_ARGS__))
#define RELEASE(...) MOORAGE_THREAD(release_capability(__VA_ARGS__))

namespace moorage::base {

class CAPABILITY("mutex") Mutex {
 public:
  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Holds a Mutex for a scope. native() is what a std::condition_variable waits with.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() RELEASE() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  std::unique_lock<std::mutex>& native() { return lock_; }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace moorage::base
