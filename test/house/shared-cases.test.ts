import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Inputs that once failed, beside this repository; the folder may be absent. */
const SHARED = '../shared/cases'
const COMMIT = 'test/cli/publish-commit.test.ts'
const IMPORT = 'test/import/import-cases.test.ts'
const HINTS = 'test/plugins/followed-hints.test.ts'

/**
 * The test of each of these inputs, and words of that test. An input in `test/cases` is found by its folder's name.
 */
const TESTS: Record<string, [file: string, words: string]> = {
  'annotation-path': ['test/cli/validate.test.ts', 'github'],
  'autocrlf-asset': ['test/core/git/one-digest.test.ts', 'in a clone with core.autocrlf=true'],
  'bridge-gzip': ['test/worker/mcp/content-coding.test.ts', 'gzipSync(TEXT)'],
  'bridge-stream-end': [
    'test/worker/mcp/stream-end.test.ts',
    'answers with an error at once when the server %s',
  ],
  'commit-rank': ['test/cli/commit-rank.test.ts', 'are repaired by the command that the refusal prints'],
  'dry-run-nothing': ['test/cli/dry-runs.test.ts', 'Dry run: nothing was written'],
  'ds-store': [COMMIT, 'a publish ignores files that the operating system left, as validate does'],
  'exec-bit': [COMMIT, 'a publish and a pull keep the executable bit'],
  'export-ignore': [COMMIT, 'made again from their commits, whatever .gitattributes says'],
  'hold-range': ['test/cli/holds.test.ts', 'with its version, the reason and a hint, whichever it is'],
  'id-folder': [HINTS, 'for an id that differs from its folder'],
  'ignored-file': [COMMIT, 'when an ignored file is in a definition, and nothing is stored'],
  'import-arguments': ['test/import/claude-templates/substitutions.test.ts', '$ARGUMENTS['],
  'import-disallowed': [IMPORT, 'denied tools'],
  'import-multiline': [IMPORT, 'a description over several lines'],
  'import-names': [IMPORT, 'of languages keep their meaning'],
  'import-nested': [IMPORT, 'agents at any depth below agents'],
  'import-owner': [IMPORT, 'an owner is refused before anything is written'],
  'import-skill': [IMPORT, 'no Skill: alone it is refused by its name'],
  'import-stray-page': [IMPORT, 'no stray page, which is counted as passed over'],
  'import-tools-star': [IMPORT, 'tools: * and a list of models'],
  'import-topics': [IMPORT, 'agents in folders by topic'],
  'lost-connection': [
    'test/integration/lost-connection.test.ts',
    'a publish whose connection is cut leaves nothing half-done',
  ],
  'mcp-common-form': [HINTS, 'for MCP servers in the form of other hosts'],
  'older-layout': [HINTS, 'following the hints on an older layout loses nothing'],
  'risk-line-cut': ['test/plugins/agents/risks/risks.test.ts', '--privileged'],
  'sparse-prune': [COMMIT, 'prunes nothing that the commit has'],
  'stored-pattern': ['test/budget/support/corpus.ts', 'acme-corporation'],
  'untracked-hidden': ['test/core/git/refused.test.ts', 'showUntrackedFiles'],
}

test.each(Object.entries(TESTS))('%s is tested in the file of the table', (_name, [file, words]) => {
  expect(readFileSync(file, 'utf8')).toContain(words)
})

const isHere = existsSync(SHARED)
if (!isHere) console.log(`skipped: the inputs of ${SHARED}, because they are not here`)

test.skipIf(!isHere)('every input beside this repository is tested', () => {
  const isTested = (name: string) => name in TESTS || existsSync(`test/cases/${name}/expected.json`)
  expect(readdirSync(SHARED).filter((name) => !isTested(name))).toEqual([])
})
