import { Validator } from '@cfworker/json-schema'
import { describe, expect, test } from 'vitest'
import { CORE_RULES } from '../../../src/contract/rules.ts'
import { formatSarif } from '../../../src/core/formats/sarif.ts'
import sarifSchema from '../../fixtures/sarif/sarif-2.1.0.json' with { type: 'json' }
import fc from '../../harness/fast-check.ts'
import { context, example, warning } from './support/samples.ts'

const valid = new Validator(sarifSchema as object, '4')
const run = (findings: (typeof example)[]) => JSON.parse(formatSarif(findings, context)).runs[0]
const printsOf = (findings: (typeof example)[]): string[] =>
  run(findings).results.map(
    (one: { partialFingerprints: object }) => Object.values(one.partialFingerprints)[0],
  )

describe('the fingerprint of a finding', () => {
  test.each([
    ['its line', { line: 99 }, true],
    ['its column', { column: 99 }, true],
    ['its hint', { hint: 'other' }, true],
    ['its severity', { severity: 'warning' as const }, true],
    ['its message', { message: 'other' }, false],
    ['its path', { path: 'other' }, false],
    ['its rule', { rule: 'NOFX_OTHER' }, false],
    ['its place in the document', { pointer: ['other'] }, false],
  ])('is that of the same finding with another value of %s: %s', (_what, change, isSame) => {
    expect(printsOf([{ ...example, ...change }])[0] === printsOf([example])[0]).toBe(isSame)
  })

  test('is unique in a log, and does not move when another finding is added after it', () => {
    const prints = printsOf([example, example, warning, example])
    expect(new Set(prints).size).toBe(4)
    expect(printsOf([example, example])).toEqual(prints.slice(0, 2))
  })
})

test('rules are listed once, sorted, and each result has the index of its rule', () => {
  const findings = [example, warning, example]
  const { tool, results } = run(findings)
  const ids = tool.driver.rules.map(({ id }: { id: string }) => id)
  expect(ids).toEqual([warning.rule, example.rule])
  expect(results.map((one: { ruleIndex: number }) => ids[one.ruleIndex])).toEqual(
    findings.map(({ rule }) => rule),
  )
})

test('a rule has the words and the level of its catalogue; a rule that no catalogue has is an error of its own name', () => {
  const { tool } = run([
    { ...example, rule: 'NOFX_FILE_SYMLINK' },
    { ...example, rule: 'acme/own' },
  ])
  expect(tool.driver.rules).toMatchObject([
    {
      id: 'NOFX_FILE_SYMLINK',
      shortDescription: { text: CORE_RULES.NOFX_FILE_SYMLINK.summary },
      defaultConfiguration: { level: 'error' },
    },
    { id: 'acme/own', shortDescription: { text: 'acme/own' }, defaultConfiguration: { level: 'error' } },
  ])
})

test('the tool and each rule have the texts that code scanning of GitHub requires', () => {
  // docs.github.com, "SARIF support for code scanning": the required properties of reportingDescriptor.
  const { tool } = run([example, warning, { ...example, rule: 'acme/own', hint: '' }])
  expect(URL.canParse(tool.driver.informationUri)).toBe(true)
  for (const { id, shortDescription, fullDescription, help } of tool.driver.rules) {
    expect(id).not.toBe('')
    for (const text of [shortDescription.text, fullDescription.text, help.text, help.markdown])
      expect(text.trim()).not.toBe('')
  }
  const [first] = tool.driver.rules.filter(({ id }: { id: string }) => id === example.rule)
  expect(first.help.text).toContain(example.hint)
})

test('a finding without a hint has its message alone', () => {
  expect(run([{ ...example, hint: '' }]).results[0].message).toEqual({ text: example.message })
})

test('the log is valid SARIF with relative URIs that name the paths, whatever the paths are', () => {
  const texts = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), {
    minLength: 20,
    maxLength: 20,
  })
  fc.assert(
    fc.property(texts, (paths) => {
      const log = JSON.parse(
        formatSarif(
          paths.map((path) => ({ ...example, path, message: path })),
          context,
        ),
      )
      // One look at all of them: the schema takes half a second of each document.
      expect(valid.validate(log).errors).toEqual([])
      for (const [at, { locations }] of log.runs[0].results.entries()) {
        const { uri } = locations[0].physicalLocation.artifactLocation
        expect(uri).not.toMatch(/[:?#]/)
        expect(decodeURIComponent(uri)).toBe(paths[at]!.replace(/[\ud800-\udfff]/gu, '\ufffd'))
      }
    }),
    { numRuns: 1 },
  )
})
