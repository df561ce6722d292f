/** A definition that a plan is locked to. */
export interface Lock {
  kind: string
  id: string
  version: number
  digest: string
}

export type Values = Readonly<Record<string, unknown>>

/** `{<id field>, version, digest}`; the field's name depends on the kind. */
export function readLock(kind: string, value: unknown): Lock[] {
  if (!isValues(value)) return []
  const { version, digest, ...rest } = value
  const [id] = Object.values(rest)
  if (typeof version !== 'number' || typeof digest !== 'string' || typeof id !== 'string') return []
  return [{ kind, id, version, digest }]
}

/** True for a plain object, false for an array or null. */
export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
