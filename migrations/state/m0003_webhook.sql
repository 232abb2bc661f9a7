-- How far each webhook has been told of the log's re-appraisals: the index after the last one that it took.
CREATE TABLE webhook_cursor (
    url TEXT PRIMARY KEY NOT NULL,
    origin TEXT NOT NULL,
    next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
