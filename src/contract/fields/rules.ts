import type { RuleCatalogue } from '../diagnostic.ts'

/** Rules about fields that several kinds share. A kind spreads them into its own catalogue. */
export const FIELD_RULES = {
  NOFX_ALIAS: {
    severity: 'warning',
    summary: 'A field should have its present name; the name of the older layout is still accepted.',
  },
  NOFX_ALIAS_CONFLICT: {
    severity: 'error',
    summary: 'A field written in both its older and its present form must say the same in both.',
  },
  NOFX_RESERVED_FIELD: {
    severity: 'error',
    summary: 'Values that only the registry may set are not part of a manifest.',
  },
  NOFX_DESCRIPTION_LONG: {
    severity: 'warning',
    summary: 'A description should be at most 300 characters long, unless the definition was imported.',
  },
  NOFX_OWNER_MISSING: { severity: 'error', summary: 'Everything but a draft names its owner.' },
  NOFX_LICENSE: { severity: 'error', summary: 'The licence is an SPDX identifier or expression.' },
  NOFX_TAG_DUPLICATE: { severity: 'error', summary: 'Tags are unique.' },
  NOFX_METADATA_SIZE: { severity: 'error', summary: 'metadata is at most 4 KiB of JSON.' },
  NOFX_DEPRECATION_SELF: { severity: 'error', summary: 'A definition is not its own successor.' },
  NOFX_DEPRECATION_MISSING: {
    severity: 'error',
    summary: 'A deprecated definition explains what to use instead.',
  },
  NOFX_VERSION_RANGE: { severity: 'error', summary: 'A version range follows semver’s grammar.' },
  NOFX_JSON_SCHEMA: { severity: 'error', summary: 'A JSON Schema is valid in draft 2020-12 and compiles.' },
  NOFX_JSON_SCHEMA_PATTERN: {
    severity: 'error',
    summary: 'A pattern of a JSON Schema runs in linear time: RE2 takes it, and it has at most 1,000 steps.',
  },
  NOFX_JSON_SCHEMA_SIZE: {
    severity: 'error',
    summary:
      'A JSON Schema expands to at most 100,000 schemas, nested at most 100 deep, and to patterns of at most 50,000 steps.',
  },
  NOFX_JSON_SCHEMA_REMOTE: {
    severity: 'error',
    summary: 'A JSON Schema refers only to its own parts; other schemas are never downloaded.',
  },
} as const satisfies RuleCatalogue
