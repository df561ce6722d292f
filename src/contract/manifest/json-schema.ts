import * as z from 'zod'
import type { JsonObject, Kind } from '../kind.ts'

/** The address of the project, below which its schemas are published. */
export const HOME_URL = 'https://nofx.dev'

/** The URL of the published JSON Schema of a kind's manifest. */
export function schemaUrl(kindId: string): string {
  return `${HOME_URL}/schema/1/${kindId}.json`
}

/**
 * The JSON Schema (draft 2020-12) of a kind's manifest, made from its zod schema for editors. It describes the shape,
 * not the rules that look at several fields or files.
 */
export function jsonSchemaOf(kind: Kind): JsonObject {
  const { $schema, ...shape } = z.toJSONSchema(kind.schema, { io: 'input', target: 'draft-2020-12' })
  return { $schema, $id: schemaUrl(kind.id), title: `NOFX ${kind.singular} (${kind.manifestFile})`, ...shape }
}
