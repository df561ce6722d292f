import { expect } from 'vitest'
import * as yaml from 'yaml'
import { checkDefinition } from '../../src/contract/check/check.ts'
import type { Finding } from '../../src/contract/diagnostic.ts'
import type { Definition, Description, JsonObject, Kind, Surroundings } from '../../src/contract/kind.ts'
import { parseManifest } from '../../src/contract/manifest/manifest-file.ts'
import type { Source } from '../../src/contract/source.ts'

/** A definition as an author writes it: the folder's name and its text files by path. */
export interface Sample {
  id: string
  files: Record<string, string>
}

/** The description of every other definition: it exists and provides nothing. */
const OTHER: Description = {
  name: 'Other',
  summary: '',
  status: 'active',
  version: '1.4.0',
  tags: [],
  provides: [],
  facts: {},
}
export const surroundings: Surroundings = { find: () => OTHER }

/** The source that collecting makes of the sample. */
export function sourceOf(kind: Kind, { id, files }: Sample): Source {
  const found = Object.keys(files)
    .sort()
    .map((path) => ({ path, size: Buffer.byteLength(files[path] ?? ''), text: files[path] ?? '' }))
  return { kind: kind.id, id, files: found, findings: [] }
}

/** All findings on a sample, by the rules of the core and of the kind. */
export function findingsOn(kind: Kind, sample: Sample): Finding[] {
  return checkDefinition(sourceOf(kind, sample), kind, surroundings, { yaml: () => yaml }).findings
}

/** The manifest as its author wrote it. */
export function rawManifest(kind: Kind, sample: Sample): JsonObject {
  const text = sample.files[kind.manifestFile] ?? ''
  return parseManifest(text, kind.manifestFile, kind.limits, () => yaml).value as JsonObject
}

/** The sample in the form that a kind's own functions get, optionally with another manifest. It is deeply frozen. */
export function definitionOf(kind: Kind, sample: Sample, raw = rawManifest(kind, sample)): Definition {
  const { manifest } = kind.normalize?.(raw, kind.manifestFile) ?? { manifest: raw }
  const { files } = sourceOf(kind, sample)
  const parsed = kind.schema.safeParse(manifest)
  if (!parsed.success) throw new Error(`${kind.id}/${sample.id}: the schema refuses the manifest`)
  return deepFreeze({
    kind: kind.id,
    id: sample.id,
    manifestPath: kind.manifestFile,
    manifest: parsed.data,
    texts: new FrozenMap(files.map(({ path, text = '' }) => [path, text])),
    files: files.map(({ path, size }) => ({ path, size })),
  })
}

/** Freezes a value and everything in it, so that a function that changes its input throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const key of Reflect.ownKeys(value)) deepFreeze((value as Record<string | symbol, unknown>)[key])
  return value
}

class FrozenMap<K, V> extends Map<K, V> {
  override set(key: K, value: V): this {
    if (Object.isFrozen(this)) throw new TypeError(`texts cannot be changed (${String(key)})`)
    return super.set(key, value)
  }
  override delete(key: K): boolean {
    throw new TypeError(`texts cannot be changed (${String(key)})`)
  }
  override clear(): void {
    throw new TypeError('texts cannot be changed')
  }
}

/** Expects plain JSON: a value that does not change when it is written and parsed again. */
export function expectPlainJson(value: unknown): void {
  expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value)
}
