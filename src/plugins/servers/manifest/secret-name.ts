/** A name of a variable or a header that says that its value is a secret. */
export const SECRET_WORD =
  /(?:^|[^a-z])(?:token|api[_-]?key|secret|password|passwd|authorization|credentials?|access[_-]?key|private[_-]?key)(?:$|[^a-z])/i
