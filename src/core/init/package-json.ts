import { addProperty, type JsonKeys } from './add-to-json.ts'
import { type InitPart, propose } from './edit.ts'
import { dependsOn, type Place } from './place.ts'

/** The commands of a project's package.json. */
const SCRIPTS = {
  'validate:agents': 'nofx validate agents --report',
  'validate:templates': 'nofx validate templates --report',
  'registry:publish': 'nofx registry publish',
} as const

/**
 * The `nofx` key, the scripts, and NOFX among the development dependencies.
 * @param version of NOFX
 */
export function packagePart(place: Place, version: string): InitPart {
  const properties: { keys: JsonKeys; value: unknown }[] = [
    ...Object.entries(SCRIPTS).map(([name, command]) => ({ keys: ['scripts', name], value: command })),
    ...(dependsOn(place, 'nofx')
      ? []
      : [{ keys: ['devDependencies', 'nofx'] as const, value: `^${version}` }]),
    { keys: ['nofx'], value: { definitions: place.definitions } },
  ]
  const missing = properties.filter(({ keys }) => !has(place.manifest, keys))
  const lines = missing.map(
    ({ keys, value }) => `${JSON.stringify(keys.join('.'))}: ${JSON.stringify(value)}`,
  )
  return propose(place.root, {
    path: 'package.json',
    fresh: missing.reduce((text, { keys, value }) => addProperty(text, keys, value) ?? text, FRESH),
    add: (text) =>
      missing.reduce<string | undefined>(
        (grown, { keys, value }) => (grown === undefined ? undefined : addProperty(grown, keys, value)),
        text,
      ),
    adds: () => missing.map(({ keys }) => keys.join('.')),
    lines,
  })
}

const FRESH = '{\n  "private": true\n}\n'

function has(manifest: Record<string, unknown> | undefined, keys: JsonKeys): boolean {
  let inner: unknown = manifest
  for (const key of keys) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return false
    inner = (inner as Record<string, unknown>)[key]
  }
  return true
}
