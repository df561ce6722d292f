import { isObject } from '../is-object.ts'

/** What the value of a keyword must be. `schema`, `schemas` and `map` contain further schemas. */
export type KeywordShape =
  | 'schema'
  | 'schemas'
  | 'map'
  | 'patterns'
  | 'string'
  | 'boolean'
  | 'number'
  | 'positive'
  | 'count'
  | 'strings'
  | 'stringsMap'
  | 'array'
  | 'type'
  | 'pattern'
  | 'reference'
  | 'draft'
  | 'unsupported'

/**
 * Keywords of draft 2020-12 (https://json-schema.org/draft/2020-12/schema and its vocabularies). Keywords that are
 * not listed are annotations. `$dynamicRef` is part of the draft, but its target depends on the path of evaluation,
 * so it is refused. `definitions` is the older name of `$defs`.
 */
export const KEYWORDS: ReadonlyMap<string, KeywordShape> = new Map<string, KeywordShape>([
  ['$schema', 'draft'],
  ['$id', 'string'],
  ['$anchor', 'string'],
  ['$comment', 'string'],
  ['$ref', 'reference'],
  ['$dynamicRef', 'unsupported'],
  ['$dynamicAnchor', 'unsupported'],
  ['$defs', 'map'],
  ['definitions', 'map'],
  ['properties', 'map'],
  ['dependentSchemas', 'map'],
  ['patternProperties', 'patterns'],
  ['allOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['oneOf', 'schemas'],
  ['prefixItems', 'schemas'],
  ['items', 'schema'],
  ['contains', 'schema'],
  ['additionalProperties', 'schema'],
  ['propertyNames', 'schema'],
  ['unevaluatedItems', 'schema'],
  ['unevaluatedProperties', 'schema'],
  ['not', 'schema'],
  ['if', 'schema'],
  ['then', 'schema'],
  ['else', 'schema'],
  ['contentSchema', 'schema'],
  ['type', 'type'],
  ['enum', 'array'],
  ['examples', 'array'],
  ['required', 'strings'],
  ['dependentRequired', 'stringsMap'],
  ['pattern', 'pattern'],
  ['minimum', 'number'],
  ['maximum', 'number'],
  ['exclusiveMinimum', 'number'],
  ['exclusiveMaximum', 'number'],
  ['multipleOf', 'positive'],
  ['minLength', 'count'],
  ['maxLength', 'count'],
  ['minItems', 'count'],
  ['maxItems', 'count'],
  ['minContains', 'count'],
  ['maxContains', 'count'],
  ['minProperties', 'count'],
  ['maxProperties', 'count'],
  ['uniqueItems', 'boolean'],
  ['readOnly', 'boolean'],
  ['writeOnly', 'boolean'],
  ['deprecated', 'boolean'],
  ['title', 'string'],
  ['description', 'string'],
  ['format', 'string'],
  ['contentEncoding', 'string'],
  ['contentMediaType', 'string'],
])

const TYPES = new Set(['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'])

const areStrings = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((entry) => typeof entry === 'string') &&
  new Set(value).size === value.length

const isType = (value: unknown): boolean =>
  typeof value === 'string'
    ? TYPES.has(value)
    : Array.isArray(value) &&
      value.length > 0 &&
      areStrings(value) &&
      value.every((entry) => TYPES.has(entry))

/** For each shape: whether a value fits (without checking the schemas inside), and what the value must be. */
export const SHAPES: Readonly<Record<KeywordShape, { fits: (value: unknown) => boolean; must: string }>> = {
  schema: { fits: (value) => typeof value === 'boolean' || isObject(value), must: 'must be a schema' },
  schemas: {
    fits: (value) => Array.isArray(value) && value.length > 0,
    must: 'must be a list of at least one schema',
  },
  map: { fits: isObject, must: 'must be an object of schemas' },
  patterns: {
    fits: isObject,
    must: 'must be an object of schemas by regular expression',
  },
  string: { fits: (value) => typeof value === 'string', must: 'must be a string' },
  boolean: { fits: (value) => typeof value === 'boolean', must: 'must be true or false' },
  number: { fits: (value) => Number.isFinite(value), must: 'must be a number' },
  positive: {
    fits: (value) => Number.isFinite(value) && Number(value) > 0,
    must: 'must be a number above 0',
  },
  count: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    must: 'must be a whole number of at least 0',
  },
  strings: { fits: areStrings, must: 'must be a list of different strings' },
  stringsMap: {
    fits: (value) => isObject(value) && Object.values(value).every(areStrings),
    must: 'must be an object of lists of different strings',
  },
  array: { fits: Array.isArray, must: 'must be a list' },
  type: { fits: isType, must: `must be one or several of ${[...TYPES].join(', ')}` },
  pattern: { fits: (value) => typeof value === 'string', must: 'must be a regular expression' },
  reference: { fits: (value) => typeof value === 'string', must: 'must be a string' },
  draft: {
    fits: (value) =>
      typeof value === 'string' && /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(value),
    must: 'must be "https://json-schema.org/draft/2020-12/schema"',
  },
  unsupported: { fits: () => false, must: 'is not supported; use "$ref" and "$defs"' },
}
