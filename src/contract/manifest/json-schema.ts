import * as z from 'zod'
import type { JsonObject, Kind } from '../kind.ts'

/** The page of the package, for formats that name the tool's address. */
export const HOME_URL = 'https://www.npmjs.com/package/nofx'

/**
 * The URL of the JSON Schema of one of NOFX's own kinds. The package contains the file, and unpkg.com serves the files
 * of every package on npm, so an editor can fetch it.
 */
export function schemaUrl(kindId: string): string {
  return `https://unpkg.com/nofx/docs/schema/${kindId}.json`
}

/**
 * The JSON Schema (draft 2020-12) of a kind's manifest, made from its zod schema for editors. It describes the shape,
 * not the rules that look at several fields or files.
 */
export function buildJsonSchema(kind: Kind): JsonObject {
  const options = { io: 'input', target: 'draft-2020-12' } as const
  const { $schema, ...shape } = z.toJSONSchema(kind.schema as unknown as z.ZodType, options)
  const $id = kind.schemaUrl === undefined ? {} : { $id: kind.schemaUrl }
  return { $schema, ...$id, title: `NOFX ${kind.singular} (${kind.manifestFile})`, ...shape }
}
