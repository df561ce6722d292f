import * as z from 'zod'
import {
  definitionIdText,
  digestText,
  isStorablePath,
  LINE,
  shallowJson,
} from '../../contract/protocol/answers.ts'
import { ORIGINS, OUTCOMES, RELEASE_ORIGINS } from '../../contract/protocol/effects.ts'
import { GIT_TREE } from '../../contract/protocol/git-tree.ts'

/**
 * Building blocks for the shapes of a registry's answers. A registry is a foreign server: its answers are accepted only
 * as far as they fit. Texts of people are kept as they are, up to a length; the CLI escapes characters that could harm
 * a terminal when it prints them.
 */

/** The largest value of PostgreSQL's integer. */
const MOST = 2_147_483_647

export const definitionId = definitionIdText
export const digest = digestText
export const kindId = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*$/)
export const version = z.int().min(1).max(MOST)
export const count = z.int().min(0).max(MOST)
export const seq = z.int().min(0)
/** Text with any number of lines. */
export const text = (max: number) => z.string().max(max)
/** Text on one line, without control characters, such as a name. */
export const line = (max: number) => z.string().max(max).regex(LINE)
/** Ids that the registry makes, such as UUIDs. */
export const madeId = z
  .string()
  .max(64)
  .regex(/^[0-9A-Za-z_-]+$/)
export const state = z.enum(['draft', 'active', 'deprecated', 'disabled', 'removed'])
export const origin = z.enum(ORIGINS)
export const releaseOrigin = z.enum(RELEASE_ORIGINS)
export const json = shallowJson()
export const jsonObject = z.record(z.string(), json)

/** The path of a file in a definition, by the rule for published files. */
export const filePath = z.string().min(1).max(1024).refine(isStorablePath, 'is not a path inside a folder')

/** A key in the bucket `registry`. */
export const bundlePathText = z
  .string()
  .max(512)
  .regex(/^(?:preview-[a-z0-9-]{1,40}\/)?[a-z][a-z0-9-]{0,63}\/[a-z0-9-]{1,64}\/[0-9a-f]{64}\.tar\.gz$/)

/** A time as PostgREST or lite writes it. */
export const INSTANT_TEXT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d(?::?\d\d)?)$/

/** A time, as ISO 8601 in UTC. PostgREST writes `2026-01-31T12:00:00.123456+00:00`, lite `2026-01-31 12:00:00.123456+00`. */
export const instant = z
  .string()
  .max(40)
  .refine((text) => INSTANT_TEXT.test(text) && !Number.isNaN(Date.parse(spelled(text))), 'is not a time')
  .transform(toInstant)

const UTC =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/

/** A time that is in UTC already, for long lists: it is checked and not converted. */
export const utcInstant = z.string().max(40).regex(UTC)

/** A time that INSTANT_TEXT matches, as ISO 8601 in UTC. */
export function toInstant(text: string): string {
  return new Date(spelled(text)).toISOString()
}

function spelled(text: string): string {
  return text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
}

export const description = z.object({
  name: text(2_000),
  summary: text(20_000),
  status: z.enum(['draft', 'active', 'deprecated', 'disabled']),
  version: line(256).optional(),
  owner: text(1_000).optional(),
  tags: z.array(text(1_000)).max(1_000),
  provides: z.array(text(1_000)).max(5_000),
  facts: jsonObject,
})

const place = {
  file: text(1_024),
  pointer: z.array(z.union([text(1_000), z.int()])).max(64),
}

/** A reference to another definition. `allowed` is the version range in SQL's form. */
export const reference = z.object({
  kind: kindId,
  id: definitionId,
  range: line(1_000).optional(),
  relation: z.enum(['requires', 'mentions']),
  allowed: json.optional(),
  ...place,
})

/** A demand in the list of references. */
export const demand = z.object({
  relation: z.literal('demands'),
  kind: kindId,
  oneOf: z.array(definitionId).max(5_000),
  provides: text(1_000),
  ...place,
})

export const refs = z.array(z.union([reference, demand])).max(20_000)

export const fileEntry = z.object({
  path: filePath,
  size: z.int().min(0),
  sha256: digest,
  executable: z.literal(true).optional(),
})

/** A hold on content: a publish does not bring that content back. */
export const hold = z.object({
  digest,
  version,
  reason: text(10_000).nullable(),
  by: text(1_000),
  since: utcInstant,
  withdrawn: z.literal(true).optional(),
})

/** The operator's switch of a head. */
export const operatorSwitch = z.object({ reason: text(10_000), by: text(1_000), since: utcInstant })

export const outcomeRow = z.object({
  kind: kindId,
  id: definitionId,
  outcome: z.enum(OUTCOMES),
  version: version.nullable(),
  digest: digest.nullable(),
})

export const lock = z.object({ kind: kindId, id: definitionId, version, digest })
export const gitTree = z.string().regex(GIT_TREE)
/** A stamp of a head, or a sum of them. */
export const stamp = z.string().regex(/^-?\d{1,30}$/)
