R"sql(
-- One row: which store this is, and whether it was closed properly.
CREATE TABLE store (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  history  BLOB NOT NULL CHECK (length(history) = 16), -- Made with the store; a copy gets another.
  shards   INTEGER NOT NULL CHECK (shards > 0),        -- Fixed.
  epoch    INTEGER NOT NULL, -- Raised by each opener: an owner that sees another number has lost the store.
  clean    INTEGER NOT NULL, -- 1 while nobody has it open and the last owner closed it.
  resolved INTEGER NOT NULL  -- Raised when an unknown outcome is looked into; see event_log.cpp.
) STRICT;
)sql"
