import { Validator } from '@cfworker/json-schema'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from '../../src/contract/diagnostic.ts'
import { type Kind, manifestId } from '../../src/contract/kind.ts'
import { buildJsonSchema } from '../../src/contract/manifest/json-schema.ts'
import { CORE_RULES } from '../../src/contract/rules.ts'
import fc from '../harness/fast-check.ts'
import { ask, expectListed, hasShape } from './answers.ts'
import {
  deepFreeze,
  definitionOf,
  expectPlainJson,
  findingsOn,
  rawManifest,
  type Sample,
} from './definition.ts'
import { mutated, valueAt } from './mutations.ts'

/** The samples by which a kind is tested against the contract. */
export interface KindSamples {
  /** Definitions without findings; one of them uses every field. */
  valid: Sample[]
  /** Definitions with the sorted ids of the rules that they break, the core's included. */
  broken: (Sample & { what: string; breaks: string[] })[]
}

const OWNER = 'team@example.com'
const word = fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/)
const ids = fc
  .array(word, { minLength: 1, maxLength: 6 })
  .map((words) => words.join('-').slice(0, 64).replace(/-$/, ''))
  .filter((id) => !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(id))

/**
 * Tests a kind against the contract of `Kind`: pure, strict, deterministic, and without findings about its own
 * definitions. `load` is called once, before the tests.
 */
export function describeKind(name: string, load: () => Promise<Kind>, { valid, broken }: KindSamples): void {
  describe(`the kind ${name}`, () => {
    let kind: Kind
    let samples: Sample[]
    beforeAll(async () => {
      kind = await load()
      const id = 'first-one'
      samples = [...valid, ...(kind.scaffold ? [{ id, files: kind.scaffold(id, { owner: OWNER }) }] : [])]
    })

    describeContract(() => kind)
    describeScaffold(() => kind)
    describeShape(() => ({ kind, samples }))
    describeAnswers(() => ({ kind, samples, broken }))
    describeFindings(() => ({ kind, samples, broken }))
    describeFuzzed(() => ({ kind, samples }))
  })
}

interface Subject {
  kind: Kind
  samples: Sample[]
  broken: KindSamples['broken']
}

function describeContract(get: () => Kind): void {
  test('has names that fit folders, files and commands', () => {
    const { id, singular, manifestFile, manifest, idField, after = [] } = get()
    expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    expect(id).not.toBe(singular)
    expect(manifestFile.toLowerCase()).toBe(`${singular}.${manifest === 'front-matter' ? 'md' : 'json'}`)
    expect(idField).toMatch(/^[a-z][A-Za-z0-9]*$/)
    expect(after).not.toContain(id)
  })

  test('has a catalogue of its own, beside that of core', () => {
    const { rules } = get()
    for (const [id, rule] of Object.entries(rules)) {
      expect(id).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/)
      expect(rule.summary, id).toMatch(/\S.*\.$/)
      expect(Object.keys(CORE_RULES)).not.toContain(id)
    }
  })

  test('has limits that are positive numbers', () => {
    for (const limit of Object.values(get().limits)) expect(limit).toBeGreaterThan(0)
  })
}

function describeScaffold(get: () => Kind): void {
  test('creates new definitions without findings, whatever their id', () => {
    const kind = get()
    const { scaffold } = kind
    if (!scaffold) return
    fc.assert(
      // A name that has an id of one word may need a second word.
      fc.property(kind.idOf ? ids.filter((id) => id.includes('-')) : ids, (id) => {
        const files = scaffold(id, { owner: OWNER })
        expect(findingsOn(kind, { id, files })).toEqual([])
        expect(scaffold(id, { owner: OWNER })).toEqual(files)
        expect(manifestId(kind, rawManifest(kind, { id, files }))).toBe(id)
      }),
    )
  })

  test.each(['@user', '@org/team', 'platform', 'a@b.example'])('accepts the owner %s', (owner) => {
    const kind = get()
    const files = kind.scaffold?.('first-one', { owner })
    if (files) expect(findingsOn(kind, { id: 'first-one', files })).toEqual([])
  })
}

function describeShape(get: () => Pick<Subject, 'kind' | 'samples'>): void {
  test('refuses unknown keys', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      const manifest = rawManifest(kind, sample)
      expect(kind.schema.safeParse(manifest).success).toBe(true)
      expect(kind.schema.safeParse({ ...manifest, zzUnknown: 1 }).success).toBe(false)
    }
  })

  test('refuses "__proto__" as a key, which changes no prototype', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      const files = {
        ...sample.files,
        [kind.manifestFile]: withPollution(sample.files[kind.manifestFile] ?? ''),
      }
      expect(kind.schema.safeParse(rawManifest(kind, { ...sample, files })).success).toBe(false)
      expect(findingsOn(kind, { ...sample, files })).not.toEqual([])
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    }
  })

  test.each([null, [], 'text', 7, true])('refuses a manifest that is %j', (manifest) => {
    expect(get().kind.schema.safeParse(manifest).success).toBe(false)
  })

  test('has a JSON Schema that accepts what the kind accepts', () => {
    const { kind, samples } = get()
    const schema = buildJsonSchema(kind)
    expectPlainJson(schema)
    const validator = new Validator(schema as object, '2020-12')
    for (const sample of samples) {
      expect(validator.validate(rawManifest(kind, sample)).errors).toEqual([])
      expect(validator.validate({ ...rawManifest(kind, sample), zzUnknown: 1 }).valid).toBe(false)
    }
  })

  test('does not change the current spelling, nor its input', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      const raw = deepFreeze(rawManifest(kind, sample))
      const read = kind.normalize?.(raw, kind.manifestFile)
      if (read) expect(read).toEqual({ manifest: rawManifest(kind, sample), findings: [] })
    }
  })
}

/** The text of a manifest with the key `__proto__` at its top. */
function withPollution(text: string): string {
  return text.startsWith('---\n')
    ? text.replace('---\n', '---\n__proto__: {polluted: true}\n')
    : text.replace('{', '{"__proto__":{"polluted":true},')
}

function describeAnswers(get: () => Subject): void {
  test('gives equal answers twice and does not change its input', () => {
    const { kind, samples, broken } = get()
    for (const sample of [...samples, ...broken.filter((each) => hasShape(kind, each))]) {
      const item = definitionOf(kind, sample)
      const before = structuredClone(item.manifest)
      expect(ask(kind, item)).toEqual(ask(kind, definitionOf(kind, sample)))
      expect(item.manifest).toStrictEqual(before)
    }
  })

  test('names prompts and files that exist', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      const item = definitionOf(kind, sample)
      const named = [...(kind.promptsOf?.(item) ?? []), ...(kind.filesOf?.(item) ?? [])]
      expect(Object.keys(sample.files)).toEqual(expect.arrayContaining(named))
      expect(new Set(named).size).toBe(named.length)
    }
  })

  test('describes definitions in plain JSON of less than 2 kB', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      const description = kind.describe(definitionOf(kind, sample))
      expectPlainJson(description)
      expect(Buffer.byteLength(JSON.stringify(description))).toBeLessThan(2000)
      expect(['draft', 'active', 'deprecated', 'disabled']).toContain(description.status)
    }
  })

  test('points to the fields of its references', () => {
    const { kind, samples } = get()
    for (const sample of samples)
      for (const { file, pointer, id } of kind.references(definitionOf(kind, sample))) {
        expect(file).toBe(kind.manifestFile)
        expect(JSON.stringify(valueAt(rawManifest(kind, sample), pointer))).toContain(id)
      }
  })

  test('demands something only of definitions that it requires, and points to the demand', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      const item = definitionOf(kind, sample)
      const required = kind.references(item).filter(({ relation }) => relation === 'requires')
      for (const { kind: other, oneOf, provides, file, pointer } of kind.demands?.(item) ?? []) {
        const ids = required.filter((one) => one.kind === other).map(({ id }) => id)
        expect(ids).toEqual(expect.arrayContaining(oneOf))
        expect(valueAt(JSON.parse(sample.files[file] ?? ''), pointer)).toBe(provides)
      }
    }
  })

  test('draws arrows between existing boxes, each box once', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      const { nodes, edges } = kind.graph?.(definitionOf(kind, sample)) ?? { nodes: [], edges: [] }
      const ids = nodes.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const { from, to } of edges) expect(ids).toEqual(expect.arrayContaining([from, to]))
    }
  })

  test('reports no risks for an unchanged definition', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      const item = definitionOf(kind, sample)
      expect(kind.risks?.(item, definitionOf(kind, sample)) ?? []).toEqual([])
      expectPlainJson(kind.risks?.(undefined, item) ?? [])
    }
  })

  test('judges every change between two definitions the same each time', () => {
    const { kind, samples } = get()
    for (const before of samples)
      for (const after of samples) {
        const [one, other] = [definitionOf(kind, before), definitionOf(kind, after)]
        const risks = kind.risks?.(one, other) ?? []
        expect(kind.risks?.(one, other) ?? []).toEqual(risks)
        for (const risk of risks) expect(['low', 'medium', 'high']).toContain(risk.level)
      }
  })
}

function describeFindings(get: () => Subject): void {
  test('reports no findings for valid definitions', () => {
    const { kind, samples } = get()
    for (const sample of samples) expect(findingsOn(kind, sample)).toEqual([])
  })

  test('reports exactly the broken rules of its catalogue', () => {
    const { kind, broken } = get()
    for (const sample of broken) {
      const findings = findingsOn(kind, sample)
      expect([...new Set(findings.map((finding) => finding.rule))].sort(), sample.what).toEqual(sample.breaks)
      for (const finding of findings) expectListed(kind, finding)
    }
  })
}

function describeFuzzed(get: () => Pick<Subject, 'kind' | 'samples'>): void {
  test('never throws on a manifest that its schema accepts', () => {
    const { kind, samples } = get()
    for (const sample of samples) {
      let accepted = 0
      const original = definitionOf(kind, sample)
      const property = fc.property(mutated(rawManifest(kind, sample)), (raw) => {
        if (!hasShape(kind, sample, raw)) return
        accepted += 1
        const item = definitionOf(kind, sample, raw)
        const answers = ask(kind, item, original)
        expectPlainJson(answers.description)
        for (const finding of answers.check as Finding[]) expectListed(kind, finding)
      })
      fc.assert(property, { numRuns: 500 })
      expect(accepted, 'mutations that the schema accepts').toBeGreaterThan(20)
    }
  })
}
