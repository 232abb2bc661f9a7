-- What a start, or a command on the store of a stopped service, leaves for the next start: by name.
CREATE TABLE note (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What commands did while no service ran: each becomes an `admin` entry of the log at the next start.
CREATE TABLE pending_act (
    number INTEGER PRIMARY KEY,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

-- The document that raised a mark; NULL for marks of before.
ALTER TABLE high_water ADD COLUMN document BLOB;
