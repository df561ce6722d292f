import { describe, expect, test } from 'vitest'
import { findDefinitions } from '../../../console/model/definitions/dropped-folders.ts'
import { groupByFile } from '../../../console/model/definitions/group-findings.ts'
import { findLines, nameOfLine } from '../../../console/model/differences/find-lines.ts'
import { readPatch } from '../../../console/model/differences/patch-lines.ts'
import { readPlan } from '../../../console/model/plans/plan-parts.ts'
import { plural } from '../../../console/model/texts/plural.ts'

const KINDS = [
  { id: 'agents', manifestFiles: ['agent.json', 'agent.yaml'] },
  { id: 'templates', manifestFiles: ['template.json', 'template.yaml'] },
]

describe('definitions among dropped files', () => {
  const found = (...paths: string[]) =>
    findDefinitions(
      paths.map((path) => ({ path })),
      KINDS,
    ).map(({ kind, id, files }) => [`${kind}/${id}`, ...[...files.keys()].sort()])

  test.each([
    ['a definition itself', ['x/agent.json', 'x/prompts/a.md'], [['agents/x', 'agent.json', 'prompts/a.md']]],
    [
      'a folder of both kinds, one in YAML, with a file beside them',
      ['shared/agents/b/agent.yaml', 'shared/agents/readme.md', 'shared/templates/a/template.json'],
      [
        ['agents/b', 'agent.yaml'],
        ['templates/a', 'template.json'],
      ],
    ],
    [
      'an asset with the name of a manifest',
      ['x/agent.json', 'x/assets/agent.json'],
      [['agents/x', 'agent.json', 'assets/agent.json']],
    ],
    [
      'folders whose names begin alike',
      ['a/x/agent.json', 'a/x-2/agent.json', 'a/x-2/b.md'],
      [
        ['agents/x', 'agent.json'],
        ['agents/x-2', 'agent.json', 'b.md'],
      ],
    ],
    ['a manifest without a folder', ['agent.json'], []],
    ['nothing', [], []],
    ['names of objects', ['__proto__/agent.json', 'constructor/x.md'], [['agents/__proto__', 'agent.json']]],
  ] as const)('of %s', (_what, paths, definitions) => {
    expect(found(...paths)).toEqual(definitions)
  })
})

test('a line is found without regard to case, and named by its side', () => {
  const [hunk] = readPatch('--- a/p\n+++ b/p\n@@ -1,2 +1,2 @@\n same\n-Old words\n+new WORDS\n')
  const lines = hunk?.lines ?? []
  expect(findLines(lines, 'words').map((line) => nameOfLine('p', line))).toEqual(['p:-2', 'p:2'])
  expect(findLines(lines, 'same').map((line) => nameOfLine('p', line))).toEqual(['p:1'])
  expect(findLines(lines, '')).toEqual([])
  expect(findLines(lines, '.*')).toEqual([])
})

test('findings stand by file in the order of the server, and a repeated one stands once', () => {
  const finding = (path: string, rule: string, line = 1) => ({
    ...{ path, line, column: 1, severity: 'error' as const, rule, message: 'm', hint: '' },
  })
  const groups = groupByFile([finding('b', 'R'), finding('a', 'R'), finding('b', 'S'), finding('b', 'R')])
  expect(groups.map(({ path, findings }) => [path, ...findings.map(({ rule }) => rule)])).toEqual([
    ['b', 'R', 'S'],
    ['a', 'R'],
  ])
})

describe('a plan', () => {
  const digest = 'f'.repeat(64)

  test('is read with its source, its locks and what is special about its steps', () => {
    const plan = readPlan({
      template: { id: 'triage', version: 2, digest },
      agents: [{ agentId: 'triager', version: 1, digest }],
      steps: [
        {
          ...{ id: 'a', name: 'A', agentId: 'triager', dependsOn: [], sideEffects: 'none' },
          prompt: { $parts: ['Do ', { step: 'r', output: 'o' }, { secret: 'k' }] },
        },
        {
          ...{ id: 'b', dependsOn: ['a'], when: { left: {}, op: 'exists' }, prompt: 'x' },
          ...{ approval: 'manual', sideEffects: 'irreversible', onFailure: 'rollback' },
        },
        { id: 'c', when: false, version: 3, digest },
      ],
      secrets: ['token'],
      parameters: { issue: 7 },
    })
    expect(plan.source).toEqual({ kind: 'template', id: 'triage', version: 2, digest })
    expect(plan.locks).toEqual([{ kind: 'agents', id: 'triager', version: 1, digest }])
    expect(plan.steps).toEqual([
      {
        ...{ id: 'a', name: 'A', agent: 'triager', dependsOn: [], marks: [] },
        prompt: 'Do {{steps.r.outputs.o}}{{parameters.k}}',
      },
      {
        ...{ id: 'b', name: 'b', agent: undefined, dependsOn: ['a'], prompt: 'x' },
        marks: ['on a condition', 'waits for approval', 'irreversible', 'rolls back after a failure'],
      },
      { id: 'c', name: 'c', agent: undefined, dependsOn: [], prompt: '', marks: ['skipped'] },
    ])
    expect(plan).toMatchObject({ parameters: { issue: 7 }, secrets: ['token'] })
  })

  test.each([{}, { steps: 'x', parameters: 7, secrets: null }, { steps: [null, 7, {}], agents: [[], 'x'] }])(
    'of another shape is shown as far as it is known: %j',
    (plan) => {
      expect(readPlan(plan)).toEqual({ source: undefined, locks: [], steps: [], parameters: {}, secrets: [] })
    },
  )
})

test.each([
  [1, '1 error'],
  [0, '0 errors'],
  [1200, '1,200 errors'],
])('%d of a noun', (count, text) => {
  expect(plural(count, 'error')).toBe(text)
})
