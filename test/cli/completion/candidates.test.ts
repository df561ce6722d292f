import { describe, expect, it } from 'vitest'
import { type CompletedCommand, candidates, type Names } from '../../../src/cli/completion/candidates.ts'
import { listCommands } from '../support/commands.ts'

const surface = {
  commands: listCommands() as unknown as CompletedCommand[],
  topics: [{ name: 'registry', description: 'Publish.' }],
}
const names: Names = {
  kinds: async () => [
    { id: 'agents', singular: 'agent' },
    { id: 'templates', singular: 'template' },
  ],
  ids: async (kind) =>
    ({ agents: ['reviewer', '$(touch pwned)', '\u001b[2J', 'a b', 'triager'], templates: ['triage-issue'] })[
      kind === 'agent' ? 'agents' : kind
    ] ?? [],
}
const complete = async (line: string) =>
  (await candidates(surface, line.split(' '), names)).map(({ word }) => word)

describe('the completion of a command line', () => {
  it.each([
    ['val', ['validate']],
    ['regi', ['registry']],
    ['registry ro', ['rollback']],
    ['registry rollback ', ['agents', 'templates']],
    ['registry rollback agents ', ['reviewer', 'triager']],
    ['registry rollback agents rev', ['reviewer']],
    ['registry rollback agents reviewer --rea', ['--reason']],
    ['registry rollback --reason x agents t', ['triager']],
    ['registry pull agents reviewer ', ['triager']],
    ['registry rollback agents/', ['agents/reviewer', 'agents/triager']],
    ['registry rollback agents/tri', ['agents/triager']],
    ['registry rollback agent/tri', ['agent/triager']],
    ['registry rollback --reason x templates/', ['templates/triage-issue']],
    ['registry pull agents/reviewer agents/', ['agents/triager']],
    ['registry publish ', ['agents', 'templates']],
    ['registry publish agents ', ['templates', 'reviewer', 'triager']],
    ['registry publish agents/', ['agents/reviewer', 'agents/triager']],
    ['registry status agents/re', ['agents/reviewer']],
    ['registry list agents re', ['reviewer']],
    ['validate templates/', ['templates/triage-issue']],
    ['validate agents rev', ['reviewer']],
    ['templates instantiate templates/', ['templates/triage-issue']],
    ['registry list --state a', ['active']],
    ['validate --format sar', ['sarif']],
    ['validate --format=sar', ['sarif']],
    ['validate --format = sar', ['sarif']],
    ['validate --staged --st', ['--strict']],
    ['new ', ['agent', 'template']],
    ['templates instantiate ', ['triage-issue']],
    ['templates instantiate x --param a=1 --par', ['--param', '--params']],
    ['import claude . ', ['agents', 'templates']],
    ['completion z', ['zsh']],
  ])('"%s" is completed with %j', async (line, expected) => {
    expect(await complete(line)).toEqual(expected)
  })

  it.each([
    'nonsense ',
    'registry nonsense ',
    'registry publish --plan ',
    'registry rollback robots ',
    'registry rollback robots/',
    'validate src/',
    'registry rollback agents/reviewer ',
    'new agents/',
  ])('"%s" has no candidates: the shell offers files', async (line) => {
    expect(await complete(line)).toEqual([])
  })

  it('a topic or a command has its summary, for shells that show it', async () => {
    const found = await candidates(surface, ['re'], names)
    expect(found).toContainEqual({ word: 'registry', about: 'Publish.' })
  })
})
