import { describe, expect, test } from 'vitest'
import type { ArgumentFilling } from '../../../src/import/claude-templates/fill.ts'
import { fill } from '../../../src/import/claude-templates/fill.ts'
import { readPlaceholders, splitText } from '../../../src/plugins/templates/manifest/placeholders.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { call, made, read } from './support/set-up.ts'

const FILES = new Map([
  ['.x/01-plan.md', { step: 'plan', output: 'plan' }],
  ['.x/02-code.md', { step: 'code', output: 'code' }],
])
const filling: ArgumentFilling = {
  positional: ['feature', 'branch'],
  aliases: ['FEATURE'],
  file: (path) => FILES.get(path),
  files: (pattern) =>
    pattern === '.x/*.md' || pattern === '*/*'
      ? [...FILES].map(([path, reference]) => ({ path, reference }))
      : [],
  answer: (phase, agent) =>
    phase === '1' && agent !== 'other' ? { step: 'look', output: 'result' } : undefined,
}

describe('a text', () => {
  const [plan, code] = ['{{steps.plan.outputs.plan}}', '{{steps.code.outputs.code}}']

  test.each([
    ['reads the arguments', 'Do $ARGUMENTS.', 'Do {{parameters.feature}} {{parameters.branch}}.'],
    ['reads one by its word', 'Do $FEATURE/x', 'Do {{parameters.feature}}/x'],
    ['reads one by its number', 'On $2, now', 'On {{parameters.branch}}, now'],
    [
      'reads one by its place',
      'A $ARGUMENTS[0], b $ARGUMENTS[1].',
      'A {{parameters.feature}}, b {{parameters.branch}}.',
    ],
    ['leaves a place without an argument alone', '$ARGUMENTS[2] \\$ARGUMENTS[0]', null],
    ['leaves other words alone', '$HOME $FEATURES $3 $10 $1,000 $1.5 $ARGUMENTS_2 \\$1', null],
    ['reads a file', '[Insert contents of .x/01-plan.md]', plan],
    ['reads all of it', '[Insert full contents of `.x/01-plan.md`]', plan],
    ['reads it beside other text', 'Plan: [Include contents of .x/01-plan.md]!', `Plan: ${plan}!`],
    [
      'keeps what else is said',
      '[Insert contents of .x/01-plan.md -- focus on the "How" section]',
      `${plan} -- focus on the "How" section`,
    ],
    [
      'reads all files of a pattern, with their names',
      '[Insert contents of all .x/*.md files]',
      `.x/01-plan.md:\n${plan}\n\n.x/02-code.md:\n${code}`,
    ],
    ['reads the answer of a phase', 'See {phase1.output}', 'See {{steps.look.outputs.result}}'],
    ['reads that of its agent', '{phase1.data-engineer.output}', '{{steps.look.outputs.result}}'],
    ['leaves an answer alone that is not certain', '{phase1.other.output} {phase2.output}', null],
    ['leaves a file alone that no step makes', '[Insert contents of .x/09-none.md]', null],
    ['leaves brackets alone', '[Insert the name] [List of files] [from state.json]', null],
    ['keeps braces braces', 'a {{b}} {c} {{{d}}} {{', 'a \\{{b}} {c} \\{{{d}}} \\{{'],
    ['keeps escaped ones', '\\{{b}}', '\\\\{{b}}'],
    ['reads inside of braces', '{$FEATURE} {{$2}}', '{{{parameters.feature}}} \\{{{{parameters.branch}}}}'],
    ['reads nothing after a backslash', '\\$ARGUMENTS \\[Insert contents of .x/01-plan.md]', null],
    ['leaves braces around an answer alone', '{{phase1.output}}', '\\{{phase1.output}}'],
  ])('%s', (_what, source, expected) => {
    expect(fill(source, filling).text).toBe(expected ?? source)
  })

  test('that asks for a part of files is given them, and it is told', () => {
    const { text, inputs, notes } = fill(
      '[Insert key findings from .x/01-plan.md and .x/02-code.md]',
      filling,
    )
    expect(text).toBe('[Insert key findings from .x/01-plan.md and .x/02-code.md]')
    expect(inputs).toEqual([...FILES.values()])
    expect(notes).toEqual([
      { what: text, why: 'it asks for a part of files that steps made: they are inputs' },
    ])
  })

  test.each([
    [
      '[Insert a summary of all prior phases]',
      2,
      'it asks for a part of files that steps made: they are inputs',
    ],
    [
      '[Insert flags from state.json]',
      0,
      'it asks for the command’s own state: what is known of it are the parameters',
    ],
    ['[Insert contents of .x/09.md]', 0, 'no step before makes what it asks for'],
    ['{phase7.output}', 0, 'it is not the answer of exactly one earlier step'],
  ])('%s is told', (source, inputs, why) => {
    const filled = fill(source, filling)
    expect([filled.inputs.length, filled.notes]).toEqual([inputs, [{ what: source, why }]])
  })
})

const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom('{', '}', '\\', '[', ']', '$', 'a', ' ', '\n') }),
  fc.constantFrom(
    '$ARGUMENTS',
    '$FEATURE',
    '$1',
    '{phase1.output}',
    '[Insert contents of .x/01-plan.md]',
    '{{x}}',
  ),
)

test('whatever braces a source has, they stay what they are', () => {
  const one = { ...filling, positional: ['feature'] }
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const source = pieces.join('')
      const filled = fill(source, one).text
      expect(readPlaceholders(filled).broken).toEqual([])
      // Literals and what became placeholders, one after the other, are the source again.
      let rest = source
      for (const part of splitText(filled)) {
        const [start = ''] =
          typeof part === 'string'
            ? [part]
            : (/^(?:\$\w+|\{phase1\.output\}|\[Insert[^\]]*\])/.exec(rest) ?? [])
        expect(start).not.toBe('')
        expect(rest.startsWith(start)).toBe(true)
        rest = rest.slice(start.length)
      }
      expect(rest).toBe('')
    }),
    { numRuns: repetitions(150, 500) },
  )
})

test('a template can be filled in with a value that looks like a placeholder', async () => {
  const { files, findings } = await made(`## Step 1: A\n${call('a1', 'Do {{it}} for $ARGUMENTS.')}`)
  expect(findings).toEqual([])
  expect(files['prompts/a.md']).toBe('Do \\{{it}} for {{parameters.arguments}}.\n')
})

test('whatever a command says, what comes of it is a template without errors', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '## Phase 1: P',
      '### Step 1: Do it',
      '### Step 2: Launch',
      '## PHASE CHECKPOINT 1 — User Approval Required',
      'Run both in parallel with Step 1.',
      'Save output to `.x/01-a.md`.',
      'After both complete, consolidate into `.x/02-b.md`:',
      'If `--quick` flag is set, skip Step 2.',
      '```',
      '<Task>',
      'subagent_type: worker',
      'prompt: |',
      '  See [Insert contents of .x/01-a.md] and {phase1.output} {{x}} $ARGUMENTS $1',
      '</Task>',
      'Use subagent_type="worker".',
      'Prompt: "',
      'Push to remote.',
      '**Gate:** it exists',
      '---',
    ),
  )
  const hints = fc.oneof(fc.string(), fc.constantFrom('<a> [--quick]', '[b]', '<a> <b> [--c d|e]', '"'))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 40 }), hints, fc.boolean(), async (lines, hint, isLive) => {
      const body = `Does it.\n${lines.join('\n')}`
      const front = `description: d\nargument-hint: ${JSON.stringify(hint)}`
      const { findings, manifest } = await read(`---\n${front}\n---\n${body}`, { isLive: () => isLive })
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(manifest.supportedAgents === undefined).toBe(!isLive)
    }),
    { numRuns: repetitions(150, 400) },
  )
})

test('256 KiB of the worst are read in no time', async () => {
  const worst = [
    '```json\n',
    '#'.repeat(7),
    '[Insert ',
    'a',
    '"\n',
    '\n',
    '**',
    '<Task>\n',
    '$1',
    '- Prompt: |\n',
  ]
  for (const part of worst) {
    const body = part.repeat(Math.floor(250_000 / part.length))
    const { steps } = await made(`## Step 1: A\nUse subagent_type="worker".\n${body}`)
    expect(steps.length).toBeGreaterThan(0)
  }
}, 20_000)
