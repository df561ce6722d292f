import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { check, findingsOn, GOOD, lines, manifest, withStep } from '../support/template.ts'

const STEPS = 'defaultPlan.steps'
const prompt = (text: string) => withStep('b', { prompt: { text } })
const PARAMETERS = GOOD.parameters as JsonObject

describe('placeholders', () => {
  test.each<[string, JsonObject, string[]]>([
    ['blanks inside braces', prompt('{{ parameters.repo }} {{  steps.a.outputs.notes }}'), []],
    ['escaped braces', prompt('\\{{version}} and \\{{ x | y }}'), []],
    [
      'an undeclared parameter',
      prompt('{{parameters.rep}}'),
      [`PLACEHOLDER_PARAMETER ${STEPS}.1.prompt.text`],
    ],
    ['an unknown step', prompt('{{steps.z.outputs.y}}'), [`PLACEHOLDER_STEP ${STEPS}.1.prompt.text`]],
    [
      'an undeclared output',
      prompt('{{steps.a.outputs.other}}'),
      [`PLACEHOLDER_OUTPUT ${STEPS}.1.prompt.text`],
    ],
    ['another language', prompt('{{name}}'), [`PLACEHOLDER_INVALID ${STEPS}.1.prompt.text`]],
    ['braces that do not close', prompt('{{parameters.repo'), [`PLACEHOLDER_INVALID ${STEPS}.1.prompt.text`]],
    [
      'three placeholders',
      prompt('{{a}} {{b}} {{parameters.c}}'),
      [
        `PLACEHOLDER_PARAMETER ${STEPS}.1.prompt.text`,
        `PLACEHOLDER_INVALID ${STEPS}.1.prompt.text`,
        `PLACEHOLDER_INVALID ${STEPS}.1.prompt.text`,
      ],
    ],
    [
      'a placeholder deep in the inputs',
      withStep('b', { inputs: { x: { y: ['ok', '{{parameters.rep}}'] } } }),
      [`PLACEHOLDER_PARAMETER ${STEPS}.1.inputs.x.y.1`],
    ],
    [
      'a placeholder in the prompt of a rollback',
      withStep('b', { rollback: { agentId: 'worker', prompt: { text: '{{nope}}' } } }),
      [`PLACEHOLDER_INVALID ${STEPS}.1.rollback.prompt.text`],
    ],
    [
      'a placeholder in the inputs of a rollback',
      withStep('b', { rollback: { agentId: 'worker', prompt: { text: 'x' }, inputs: { a: '{{nope}}' } } }),
      [`PLACEHOLDER_INVALID ${STEPS}.1.rollback.inputs.a`],
    ],
    [
      'a key of an input that would be filled in',
      withStep('b', { inputs: { a: { '{{parameters.repo}}': 1 } } }),
      [`STEP_INPUT ${STEPS}.1.inputs.a.{{parameters.repo}}`],
    ],
    [
      'a reserved key of an input',
      withStep('b', { inputs: { a: [{ $parts: [] }] } }),
      [`STEP_INPUT ${STEPS}.1.inputs.a.0.$parts`],
    ],
    ['numbers, lists and null as inputs', withStep('b', { inputs: { a: 1, b: [null, true], c: {} } }), []],
  ])('%s', (_, raw, expected) => expect(check(raw)).toEqual(expected))

  test('in a file are reported at their place in the file', () => {
    const raw = withStep('b', { prompt: 'prompts/b.md' })
    const text = 'Use {{parameters.repo}}\nand {{parameters.rep}}, {{x}}.\n'
    expect(check(raw, { 'prompts/b.md': text })).toEqual([
      'PLACEHOLDER_PARAMETER prompts/b.md:@28',
      'PLACEHOLDER_INVALID prompts/b.md:@48',
    ])
  })

  test('that name a parameter alone, as the older layout did, have the line to write', () => {
    const found = findingsOn(withStep('b', { prompt: { text: 'Use {{ repo }} and {{repository}}.' } }))
    expect(found.filter(({ rule }) => rule === 'NOFX_PLACEHOLDER_INVALID').map(({ hint }) => hint)).toEqual([
      'write {{parameters.repo}}',
      expect.stringContaining('{{parameters.<name>}}'),
    ])
  })

  test('in a file that two steps share are reported once, unless they are wrong for only one step', () => {
    const steps = (GOOD.defaultPlan as { steps: JsonObject[] }).steps.map((one, index) =>
      index === 1 || index === 2 ? { ...one, prompt: 'p.md' } : one,
    )
    const raw = manifest({ defaultPlan: { steps: [...steps, { ...steps[1], id: 'e', dependsOn: [] }] } })
    const text = '{{x}} {{steps.a.outputs.notes}} {{parameters.repo}}'
    const found = findingsOn(raw, { 'p.md': text })
    expect(lines(found)).toEqual(['PLACEHOLDER_INVALID p.md:@0', 'PLACEHOLDER_ORDER p.md:@6'])
    expect(found[1]!.message).toContain('by the step e')
  })

  test('are reported with the name that was probably meant', () => {
    const hints = findingsOn(prompt('{{parameters.rpo}} {{steps.a.outputs.note}} {{steps.aa.outputs.notes}}'))
    expect(hints.map(({ hint }) => hint)).toEqual([
      'write {{parameters.repo}}',
      'write {{steps.a.outputs.notes}}',
      'write {{steps.a.outputs.notes}}',
    ])
  })
})

describe('the order of steps and outputs', () => {
  test.each<[string, JsonObject, string[], RegExp?]>([
    ['an earlier step', withStep('d', { prompt: { text: '{{steps.a.outputs.notes}}' } }), []],
    [
      'a later step',
      withStep('a', { prompt: { text: '{{parameters.repo}} {{steps.d.outputs.report}}' } }),
      [`PLACEHOLDER_ORDER ${STEPS}.0.prompt.text`],
      /read by the step a, which is done before d/,
    ],
    [
      'a parallel step',
      withStep(
        'b',
        { prompt: { text: '{{steps.c.outputs.x}}' } },
        {
          expectedOutputs: [
            { id: 'report', type: 'text', fromStep: 'd' },
            { id: 'x', type: 'text', fromStep: 'c' },
          ],
        },
      ),
      [`PLACEHOLDER_ORDER ${STEPS}.1.prompt.text`],
      /read by the step b, which does not wait for c/,
    ],
    [
      'its own output',
      withStep('a', { prompt: { text: '{{parameters.repo}} {{steps.a.outputs.notes}}' } }),
      [`PLACEHOLDER_ORDER ${STEPS}.0.prompt.text`],
      /read by the step that makes it/,
    ],
    [
      'its own output in its rollback',
      withStep('a', { rollback: { agentId: 'worker', prompt: { text: '{{steps.a.outputs.notes}}' } } }),
      [],
    ],
    [
      'a later output in its rollback',
      withStep('a', { rollback: { agentId: 'worker', prompt: { text: '{{steps.d.outputs.report}}' } } }),
      [`PLACEHOLDER_ORDER ${STEPS}.0.rollback.prompt.text`],
    ],
  ])('%s', (_, raw, expected, message) => {
    const found = findingsOn(raw)
    expect(lines(found)).toEqual(expected)
    if (message) expect(found[0]!.message).toMatch(message)
  })
})

describe('conditions', () => {
  const when = (text: string) => withStep('c', { when: text })
  test.each([
    '{{parameters.level}}',
    '!{{parameters.level}}',
    '{{parameters.level}} == "high"',
    '{{ parameters.level }} != null',
    '{{steps.a.outputs.notes}} == 3',
    '{{steps.a.outputs.notes}}==true',
  ])('%s can be parsed', (text) => {
    const raw = when(text)
    expect(check(raw).filter((line) => !line.startsWith('PARAMETER_UNUSED'))).toEqual([])
  })

  test.each([
    ['{{parameters.level}} == high', 'compare with a JSON value: == "high"'],
    ["{{parameters.level}} != 'high'", 'compare with a JSON value: != "high"'],
    ['{{parameters.level}} > 3', 'write {{…}}, !{{…}}, {{…}} == "value" or {{…}} != 3'],
    ['true', 'write {{…}}, !{{…}}, {{…}} == "value" or {{…}} != 3'],
    ['{{level}}', 'write {{…}}, !{{…}}, {{…}} == "value" or {{…}} != 3'],
    ['{{parameters.level}} == {{parameters.repo}}', 'write {{…}}, !{{…}}, {{…}} == "value" or {{…}} != 3'],
  ])('%s cannot be parsed', (text, hint) => {
    const found = findingsOn(when(text)).filter(({ rule }) => rule !== 'NOFX_PARAMETER_UNUSED')
    expect(found).toMatchObject([{ rule: 'NOFX_WHEN_INVALID', hint }])
  })

  test.each([
    ['{{parameters.lvl}}', 'PLACEHOLDER_PARAMETER'],
    ['!{{steps.z.outputs.x}}', 'PLACEHOLDER_STEP'],
    ['{{steps.a.outputs.z}} == 1', 'PLACEHOLDER_OUTPUT'],
    ['{{steps.d.outputs.report}}', 'PLACEHOLDER_ORDER'],
  ])('%s names something that does not exist', (text, rule) => {
    const found = check(when(text)).filter((line) => !line.startsWith('PARAMETER_UNUSED'))
    expect(found).toEqual([`${rule} ${STEPS}.2.when`])
  })

  test('must not depend on a secret', () => {
    const properties = { ...(PARAMETERS.properties as object), key: { type: 'string', 'x-secret': true } }
    const raw = withStep(
      'c',
      { when: '{{parameters.key}} == "x"', inputs: { level: '{{parameters.level}}' } },
      {
        parameters: { ...PARAMETERS, properties },
      },
    )
    expect(check(raw)).toEqual([`WHEN_SECRET ${STEPS}.2.when`])
  })
})

describe('prompts', () => {
  const asked = (prompt: unknown) => withStep('d', { prompt })
  test.each<[string, unknown, Record<string, string>, string[]]>([
    ['a file', 'prompts/d.md', { 'prompts/d.md': 'x' }, []],
    ['a file with blanks in its name', 'my prompts/the d.md', { 'my prompts/the d.md': 'x' }, []],
    ['a file that is missing', 'prompts/e.md', {}, [`FILE_MISSING ${STEPS}.3.prompt`]],
    ['an asset', 'assets/d.md', { 'assets/d.md': 'x' }, [`PROMPT_ASSET ${STEPS}.3.prompt`]],
    ['a text in place of a path', 'Do it well', {}, [`PROMPT_INLINE ${STEPS}.3.prompt`]],
    [
      'a text with a placeholder in place of a path',
      '{{parameters.repo}}',
      {},
      [`PROMPT_INLINE ${STEPS}.3.prompt`],
    ],
    ['a path that leads outside', '../d.md', {}, [`FIELD_INVALID ${STEPS}.3.prompt`]],
    ['no text', { text: '' }, {}, [`FIELD_INVALID ${STEPS}.3.prompt.text`]],
    ['nothing', undefined, {}, []],
  ])('%s', (_, prompt, texts, expected) => expect(check(asked(prompt), texts)).toEqual(expected))
})

describe('unused parameters', () => {
  const unused = ['PARAMETER_UNUSED parameters.properties.repo']
  test('are a warning at their name', () => {
    const found = findingsOn(withStep('a', { prompt: { text: 'x' } }))
    expect(lines(found)).toEqual(unused)
    expect(found[0]).toMatchObject({ severity: 'warning', key: true })
  })

  test.each<[string, JsonObject]>([
    ['inputs', withStep('a', { prompt: { text: 'x' }, inputs: { deep: [{ r: '{{parameters.repo}}' }] } })],
    ['a condition', withStep('a', { prompt: { text: 'x' }, when: '!{{parameters.repo}}' })],
    [
      'the rollback of a step',
      withStep('a', {
        prompt: { text: 'x' },
        rollback: { agentId: 'worker', prompt: { text: '{{parameters.repo}}' } },
      }),
    ],
  ])('are not reported if %s reads them', (_, raw) => expect(check(raw)).toEqual([]))

  test('are not reported while a prompt is missing', () => {
    expect(check(withStep('a', { prompt: 'none.md' }))).toEqual([`FILE_MISSING ${STEPS}.0.prompt`])
  })

  test('are reported although an escaped placeholder names them', () => {
    expect(check(withStep('a', { prompt: { text: '\\{{parameters.repo}}' } }))).toEqual(unused)
  })
})
