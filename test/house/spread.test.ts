import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { filesUnder } from './sources.ts'

/** Folders whose lists have a member for each definition of a tree or a registry. */
const FOLDERS = ['api', 'cli', 'cloud', 'commands', 'core', 'dev', 'edge', 'mcp', 'worker'].map(
  (room) => `src/${room}`,
)
/** Calls that take any number of arguments. A list that is spread into one is on the stack, which 125,000 values fill. */
const CALLS = /^(?:Math\.(?:max|min)|String\.from(?:CharCode|CodePoint)|.*\.(?:push|unshift|splice|concat))$/s

/** Files whose spread lists cannot have many members, and what is in them. */
const SHORT: Record<string, string> = {
  'src/api/reads/check-sent.ts': 'the findings of one definition',
  'src/cli/parameters.ts': 'the findings of one set of parameters',
  'src/cli/present/publish-plan.ts': 'the lines of one definition or file',
  'src/cli/present/releases.ts': 'the lines of one definition',
  'src/cli/present/table.ts': 'the columns of a table',
  'src/commands/registry/diff.ts': 'the risks of one definition',
  'src/core/graph/arrange.ts': 'the lines of a label',
  'src/core/graph/text.ts': 'the steps of one template',
  'src/core/init/add-to-yaml.ts': 'the lines of a file of settings',
  'src/core/publish/dependents.ts': 'the definitions that one demand names',
  'src/edge/auth/preview-names.ts': 'the patterns of a policy',
  'src/mcp/tools/search-definitions.ts': 'a page',
  'src/worker/mcp/bounded-body.ts': 'three positions',
  'src/worker/run/references.ts': 'the references of one value',
  'src/worker/runs/open-runs.ts': 'a batch of folders',
}

/** The places where a list is spread into such a call. */
function spreads(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const places: string[] = []
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      CALLS.test(node.expression.getText()) &&
      node.arguments.some((one) => ts.isSpreadElement(one))
    )
      places.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return places
}

test('a list of any length is not spread into the arguments of a call', () => {
  const places = FOLDERS.flatMap((folder) => filesUnder(folder)).flatMap((path) =>
    spreads(path, readFileSync(path, 'utf8')),
  )
  expect(places.filter((place) => !(place.replace(/:\d+$/, '') in SHORT))).toEqual([])
  const files = new Set(places.map((place) => place.replace(/:\d+$/, '')))
  expect(Object.keys(SHORT).filter((path) => !files.has(path))).toEqual([])
})

test.each([
  'all.push(...others)',
  'Math.max(0, ...heads.map((head) => head.rank))',
  'lines.concat(...parts)',
  'String.fromCharCode(...bytes)',
])('%s would be found', (text) => {
  expect(spreads('a.ts', text)).toEqual(['a.ts:1'])
})
