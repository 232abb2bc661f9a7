// Errors

/** The one error: a stable code, what is at fault and at which byte, what was found and what wanted. */
export class AssayError extends Error {
  constructor(code, field = '', found = '', wanted = '', offset) {
    super(`${code}: ${field}${found && `: found ${found}`}${wanted && `, wanted ${wanted}`}`);
    Object.assign(this, { name: 'AssayError', code, field, offset, found, wanted });
  }
}

export function fail(...fault) {
  throw new AssayError(...fault);
}

export function must(condition, ...fault) {
  if (!condition) fail(...fault);
}

/** A defect whose code depends on where it stands. */
export class Malformed extends Error {
  constructor(offset, isContent = false) {
    super('malformed');
    this.offset = offset;
    this.isContent = isContent;
  }
}

export function reading(read, refuse) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) refuse(error);
    throw error;
  }
}
