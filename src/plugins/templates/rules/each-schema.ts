import type { Pointer } from '../../../contract/diagnostic.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { KEYWORDS } from '../../../contract/schemas/json-schema-keywords.ts'

/**
 * Calls `visit` with a valid schema and every schema inside it, and with the path to each. The path is one list that
 * changes during the walk: a caller that keeps it must copy it.
 */
export function eachSchema(root: JsonObject, visit: (schema: JsonObject, path: Pointer) => void): void {
  const path: (string | number)[] = []
  const enter = (key: string | number, value: unknown) => {
    path.push(key)
    look(value)
    path.pop()
  }
  const look = (schema: unknown) => {
    if (typeof schema !== 'object' || schema === null) return
    visit(schema as JsonObject, path)
    for (const keyword of Object.keys(schema)) {
      const shape = KEYWORDS.get(keyword)
      const value = (schema as JsonObject)[keyword]
      if (shape === 'schema') enter(keyword, value)
      else if (shape === 'schemas' || shape === 'map' || shape === 'patterns') {
        path.push(keyword)
        if (Array.isArray(value)) value.forEach((one, index) => void enter(index, one))
        else for (const name of Object.keys(value as object)) enter(name, (value as JsonObject)[name])
        path.pop()
      }
    }
  }
  look(root)
}
