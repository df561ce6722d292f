import type { JsonObject } from './kind.ts'

/** True for a plain object, false for an array or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
