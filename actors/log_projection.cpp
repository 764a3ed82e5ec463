#include "actors/log_projection.hpp"

#include "actors/keyed_projection.hpp"
#include "actors/projection.hpp"

namespace stele {

std::unique_ptr<log_projection> make_projection(caf::event_based_actor* self, read_context_ptr context,
                                                std::shared_ptr<served_view> into, bool counting,
                                                projection_listener owner) {
  if (into->type().keys() != nullptr)
    return std::make_unique<keyed_projection>(self, std::move(context), std::move(into), counting, std::move(owner));
  return std::make_unique<projection>(self, std::move(context), std::move(into), counting, std::move(owner));
}

} // namespace stele
