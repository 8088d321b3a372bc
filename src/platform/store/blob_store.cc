#include "platform/store/blob_store.h"

namespace moorage::store {

base::Result<model::Digest> BlobStore::Put(std::string_view bytes) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BlobWriter> writer, NewBlob());
  RETURN_IF_ERROR(writer->Append(std::as_bytes(std::span(bytes))));
  return writer->Finish();
}

}  // namespace moorage::store
