/**
 * True if a schema or anything inside it is marked as secret: then no part of its value is stored. The console reads the
 * mark by this function, too.
 */
export function holdsSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  const mark = (schema as Readonly<Record<string, unknown>>)['x-secret']
  if (mark !== undefined && mark !== false) return true
  return Object.values(schema).some(holdsSecret)
}
