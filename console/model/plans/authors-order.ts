/**
 * A value with its keys in the order of the author's file: the database keeps none.
 * @param file the text of the manifest
 * @param key the field of the manifest that has the value
 */
export function inAuthorsOrder(value: unknown, file: string | undefined, key: string): unknown {
  const written = readField(file, key)
  return print(written) === print(value) ? written : value
}

function readField(file: string | undefined, key: string): unknown {
  try {
    return (JSON.parse(file ?? '') as Record<string, unknown>)[key]
  } catch {
    // Written in YAML, or not there.
    return undefined
  }
}

/** The same text for the same value, in whatever order its keys are. */
function print(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}
