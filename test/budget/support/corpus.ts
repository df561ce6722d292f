import type { JsonObject } from '../../../src/contract/kind.ts'
import { manifest as agentManifest } from '../../plugins/agents/support/agent.ts'

/** A definition that asks for as much work as its size allows, and the errors that it has. */
export interface Costly {
  name: string
  kind: 'agents' | 'templates'
  id: string
  manifest: JsonObject
  /** Rules, each once, sorted. */
  errors: readonly string[]
}

/** A schema that is honest enough to be published, and a value that makes checking dear. */
export interface Stored {
  name: string
  id: string
  schema: JsonObject
  /** A value that fits and costs nothing. */
  harmless: unknown
  value: unknown
  /** The rule that refuses the value; undefined where it fits. */
  refused: string | undefined
  $defs?: JsonObject
}

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_none, index) => make(index))
const keys = (count: number, of: string, value: unknown): JsonObject =>
  Object.fromEntries(many(count, (index): [string, unknown] => [`${of}${index}`, value]))

/** A template whose parameter `value` has this schema. */
export function template(id: string, value: JsonObject, $defs?: JsonObject): JsonObject {
  return {
    templateId: id,
    name: `Template ${id}`,
    description: 'Takes one value.',
    owner: '@acme/agents',
    version: '1.0.0',
    status: 'active',
    tags: ['x'],
    supportedAgents: ['one'],
    parameters: { type: 'object', properties: { value }, ...($defs === undefined ? {} : { $defs }) },
    defaultPlan: {
      steps: [
        {
          id: 'do',
          name: 'Do',
          agentId: 'one',
          prompt: { text: 'Do it for {{parameters.value}}.' },
          timeoutMs: 60000,
          outputs: ['answer'],
        },
      ],
    },
    expectedOutputs: [{ id: 'answer', type: 'text', fromStep: 'do' }],
    category: 'testing',
    rollbackAdvice: 'Nothing to undo.',
  }
}

/** Levels of which each applies the next one twice, and what the last one says. */
function doubling(depth: number, last: JsonObject): JsonObject {
  const level = (index: number) => ({ $ref: `#/$defs/d${index + 1}` })
  const levels = many(depth, (index): [string, JsonObject] => [
    `d${index}`,
    { allOf: [level(index), level(index)] },
  ])
  return Object.fromEntries([...levels, [`d${depth}`, last]])
}

/** A step that waits for 100 steps with names like those that there are. */
const lostStep = (index: number): JsonObject => ({
  id: `step-${index}`,
  agentId: 'one',
  prompt: { text: 'Do it.' },
  dependsOn: many(100, (other) => `stfp-${index * 100 + other}`),
  outputs: ['answer'],
})

const NESTED = '^(a+)+$'
const NEARLY = `${'a'.repeat(36)}!`
const PATH = '^([\\w.-]+/?)+$'

const costlyTemplate = (
  name: string,
  id: string,
  value: JsonObject,
  errors: readonly string[],
  $defs?: JsonObject,
): Costly => ({ name, kind: 'templates', id, manifest: template(id, value, $defs), errors })

const costlyAgent = (name: string, id: string, more: JsonObject, errors: readonly string[]): Costly => ({
  name,
  kind: 'agents',
  id,
  manifest: { ...agentManifest(more), agentId: id },
  errors,
})

const DEFAULT = ['NOFX_PARAMETER_DEFAULT']
const INVALID = ['NOFX_FIELD_INVALID']
const SIZE = ['NOFX_JSON_SCHEMA_SIZE']

/** Definitions near the limit of 256 kB, or small ones that multiply their work. */
export const COSTLY: readonly Costly[] = [
  costlyTemplate('nested repeats', 'nested', { type: 'string', pattern: NESTED, default: NEARLY }, DEFAULT),
  costlyTemplate(
    'nested repeats in keys',
    'nested-keys',
    { type: 'object', patternProperties: { [NESTED]: false }, default: { [NEARLY]: 1 } },
    [],
  ),
  costlyTemplate(
    'repeats side by side',
    'repeats',
    { type: 'string', pattern: 'a*a*a*a*b', default: 'a'.repeat(3_000) },
    DEFAULT,
  ),
  costlyTemplate('a path', 'path', { type: 'string', pattern: PATH, examples: ['acme/shop'] }, []),
  ...[16, 22, 28].map((depth) =>
    costlyTemplate(
      `doubling, ${depth} deep`,
      `doubling-${depth}`,
      { $ref: '#/$defs/d0', default: 'x' },
      SIZE,
      doubling(depth, { type: 'string' }),
    ),
  ),
  costlyTemplate(
    'many references to one long list',
    'references',
    { type: 'object', properties: keys(3_500, 'k', { $ref: '#/$defs/a' }), default: keys(3_500, 'k', 'x') },
    SIZE,
    { a: { allOf: many(3_500, () => ({ minLength: 1 })) } },
  ),
  costlyTemplate('repeats of repeats', 'giant', { type: 'string', pattern: '(?:a{0,65535}){0,65535}b' }, [
    'NOFX_JSON_SCHEMA_PATTERN',
  ]),
  costlyTemplate(
    'a default of 36,000 entries',
    'entries',
    { type: 'array', uniqueItems: true, default: many(36_000, (index) => index) },
    DEFAULT,
  ),
  {
    name: '10,000 unknown steps',
    kind: 'templates',
    id: 'steps',
    manifest: {
      ...template('steps', { type: 'string' }),
      defaultPlan: { steps: many(100, lostStep) },
      expectedOutputs: [{ id: 'answer', type: 'text', fromStep: 'step-0' }],
    },
    errors: ['NOFX_STEP_DEPENDENCY'],
  },
  costlyAgent('24,000 unknown keys', 'keys', keys(24_000, 'k', 1), ['NOFX_FIELD_UNKNOWN']),
  costlyAgent('24,000 unknown keys inside', 'keys-inside', { permissions: keys(24_000, 'k', 1) }, [
    'NOFX_FIELD_UNKNOWN',
  ]),
  costlyAgent('25,000 skills', 'skills', { skills: many(25_000, () => 'a') }, INVALID),
  costlyAgent(
    '40,000 arguments',
    'arguments',
    { mcp: { mcpServers: { x: { type: 'stdio', command: 'env', args: many(40_000, () => 'env') } } } },
    INVALID,
  ),
]

/** Schemas that may be published, with values from callers and models. */
export const STORED: readonly Stored[] = [
  {
    name: 'nested repeats',
    id: 'kept-nested',
    schema: { type: 'string', pattern: NESTED },
    harmless: 'aa',
    value: NEARLY,
    refused: 'NOFX_PARAMETER_INVALID',
  },
  {
    name: 'nested repeats in keys',
    id: 'kept-keys',
    schema: { type: 'object', patternProperties: { [NESTED]: false } },
    harmless: { b: 1 },
    value: { [NEARLY]: 1 },
    refused: undefined,
  },
  {
    name: 'repeats side by side',
    id: 'kept-repeats',
    schema: { type: 'string', pattern: 'a*a*a*a*b' },
    harmless: 'aab',
    value: 'a'.repeat(3_000),
    refused: 'NOFX_PARAMETER_INVALID',
  },
  {
    name: 'a path',
    id: 'kept-path',
    schema: { type: 'string', pattern: PATH },
    harmless: 'acme/shop',
    value: 'acme-corporation-international-repo-name!',
    refused: 'NOFX_PARAMETER_INVALID',
  },
  {
    name: 'unlike entries',
    id: 'kept-entries',
    schema: { type: 'array', uniqueItems: true },
    harmless: [1, 2],
    value: many(9_000, (index) => `entry ${index}`),
    refused: undefined,
  },
  {
    name: 'doubling, 12 deep, for each of 2,000 entries',
    id: 'kept-doubling',
    schema: { type: 'array', items: { $ref: '#/$defs/d0' } },
    harmless: ['x'],
    value: many(2_000, () => 'x'),
    refused: 'NOFX_PARAMETER_WORK',
    $defs: doubling(12, { type: 'string' }),
  },
]
