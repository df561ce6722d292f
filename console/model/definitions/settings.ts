/** A setting as a row shows it. */
export type Setting = { name: string } & SettingValue

export type SettingValue =
  /** One value. */
  | { shape: 'text'; text: string }
  /** Several values without names. */
  | { shape: 'members'; members: string[] }
  /** Values with names; those of inner objects have the names of both. */
  | { shape: 'pairs'; pairs: [name: string, text: string][] }
  /** What an object may hold: a row for each property of a JSON Schema, and the whole of it. */
  | { shape: 'schema'; properties: [name: string, words: string, help: string][]; json: string }
  /** Anything else, as JSON. */
  | { shape: 'deep'; json: string; size: number }

/** What a reader asks for first, in this order; other fields follow by name. */
const FIRST = ['model', 'skills', 'tags', 'permissions', 'resourceProfile', 'owner', 'license']
/** More values than fit into a row are shown as JSON. */
const MOST_PAIRS = 16

/** The settings of a manifest without some of its fields, the most asked for first. */
export function listSettings(manifest: Readonly<Record<string, unknown>>, without: ReadonlySet<string>) {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return Object.entries(manifest)
    .filter(([name]) => !without.has(name))
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name, value]): Setting => ({ name, ...shapeOf(value) }))
}

function shapeOf(value: unknown): SettingValue {
  if (!isObject(value)) return { shape: 'text', text: String(value) }
  if (Array.isArray(value)) {
    if (value.every((member) => !isObject(member))) return { shape: 'members', members: value.map(String) }
    return { shape: 'deep', json: JSON.stringify(value, null, 2), size: value.length }
  }
  if (isObject(value.properties)) return describeSchema(value)
  const pairs = pairsOf(value)
  if (pairs && pairs.length <= MOST_PAIRS) return { shape: 'pairs', pairs }
  return { shape: 'deep', json: JSON.stringify(value, null, 2), size: Object.keys(value).length }
}

type Schema = Readonly<Record<string, unknown>>

function describeSchema(schema: Schema): SettingValue {
  const required = Array.isArray(schema.required) ? schema.required : []
  const properties = Object.entries(schema.properties as Schema).map(
    ([name, given]): [string, string, string] => {
      const { type, enum: choices, description } = isObject(given) ? given : {}
      const what = Array.isArray(choices)
        ? choices.map((one) => JSON.stringify(one)).join(' | ')
        : typeWords(type)
      const words = [what, required.includes(name) && 'needed'].filter(Boolean).join(', ')
      return [name, words, typeof description === 'string' ? description : '']
    },
  )
  return { shape: 'schema', properties, json: JSON.stringify(schema, null, 2) }
}

const typeWords = (type: unknown) =>
  Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : ''

/** The values of an object and of the objects in it; undefined when an array holds more than plain values. */
function pairsOf(value: object, path = ''): [string, string][] | undefined {
  const pairs: [string, string][] = []
  for (const [name, member] of Object.entries(value)) {
    const inner = isObject(member) && !Array.isArray(member) ? pairsOf(member, `${path}${name}.`) : undefined
    if (inner) pairs.push(...inner)
    else if (!isObject(member)) pairs.push([path + name, String(member)])
    else if (Array.isArray(member) && member.every((one) => !isObject(one)))
      pairs.push([path + name, member.join(', ')])
    else return undefined
  }
  return pairs
}

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null
