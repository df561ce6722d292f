import { describe, expect, test } from 'vitest'
import fc from '../../harness/fast-check.ts'
import { made } from './support/set-up.ts'

async function promptOf(body: string, hint?: string) {
  const definition = await made(body, hint === undefined ? {} : { hint })
  const text = Object.entries(definition.files).find(([path]) => path.startsWith('prompts/'))?.[1] ?? ''
  return { text: text.trim(), guesses: definition.guesses, findings: definition.findings, definition }
}

describe('the substitutions of a command', () => {
  test('the first and the second argument by themselves, and a guess for a command', async () => {
    const body = 'Fix it. First: $ARGUMENTS[0]. Second: $ARGUMENTS[1].\nState: !`gh pr view 1`'
    const { text, guesses, findings } = await promptOf(body, '<issue> <branch>')
    expect(text).toBe(
      'Fix it. First: {{parameters.issue}}. Second: {{parameters.branch}}.\nState: !`gh pr view 1`',
    )
    expect(guesses).toContainEqual(
      expect.objectContaining({ what: expect.stringContaining('!`gh pr view 1`') }),
    )
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('places without a hint become arguments by number', async () => {
    const { text, definition } = await promptOf('Compare $ARGUMENTS[0] with $ARGUMENTS[1].')
    expect(text).toBe('Compare {{parameters.argument_1}} with {{parameters.argument_2}}.')
    expect(Object.keys((definition.manifest.parameters as { properties: object }).properties)).toEqual([
      'argument_1',
      'argument_2',
    ])
  })

  test('a place in a text that cannot be parted stays, and is reported', async () => {
    const { text, guesses } = await promptOf('All: $ARGUMENTS. First: $ARGUMENTS[0].')
    expect(text).toBe('All: {{parameters.arguments}}. First: $ARGUMENTS[0].')
    expect(guesses.some(({ what }) => what.includes('$ARGUMENTS[0]'))).toBe(true)
  })

  test.each([
    ['@README.md', '@README.md'],
    ['@./notes.test.ts, please', '@./notes.test.ts'],
    ['@~/.claude/rules.md', '@~/.claude/rules.md'],
    ['@src/x.ts', '@src/x.ts'],
    ['the file @$1', '@$1'],
    ['@$ARGUMENTS', '@$ARGUMENTS'],
    ['@src/$1', '@src/$1'],
    ['(@./docs/$ARGUMENTS[1].md)', '@./docs/$ARGUMENTS[1].md'],
    ['@$2/README.md.', '@$2/README.md'],
    ['@~/notes/$1-$2', '@~/notes/$1-$2'],
    ['@src/components/', '@src/components/'],
    ['@../other/', '@../other/'],
  ])('a file that the original tool reads is reported: %s', async (body, what) => {
    const { guesses } = await promptOf(`Read ${body} first.`, '<issue> <branch>')
    expect(guesses.filter((one) => one.what === what)).toHaveLength(1)
  })

  test.each(['@alice', 'ada@example.com', '@acme/agents', '`@README.md`', '@acme.io', 'x@README.md'])(
    'what is not a file is not reported: %s',
    async (body) => {
      const { guesses } = await promptOf(`Ask ${body} first.`)
      expect(guesses.filter(({ what }) => what.includes('@'))).toEqual([])
    },
  )

  test.each(['$1.50', '$1,000', '$10.5', 'US$10', '\\$10', '$1st', '$10k', '$$10'])(
    'what no tool fills in is not reported: %s',
    async (word) => {
      const { text, guesses } = await promptOf(`It costs ${word} a day.`, '<issue>')
      expect(text).toContain(word)
      expect(guesses.filter(({ what }) => what.includes('$'))).toEqual([])
    },
  )

  test('whatever stays in the text is reported, and nothing is half filled in', async () => {
    const numbered = ['$0', '$3', '$9', '$10', '$12', '$100', '$ARGUMENTS[10]', '$ARGUMENTS[2]']
    const stays = [
      ...numbered,
      '!`git status`',
      '@docs/plan.md',
      '$' + '{CLAUDE_PLUGIN_ROOT}',
      '$ARGUMENTS[7]',
    ]
    const filled = new Map([
      ['$1', '{{parameters.issue}}'],
      ['$2', '{{parameters.branch}}'],
      ['$ARGUMENTS[0]', '{{parameters.issue}}'],
      ['$ARGUMENTS[1]', '{{parameters.branch}}'],
      ['$ARGUMENTS', '{{parameters.issue}} {{parameters.branch}}'],
    ])
    const form = fc.constantFrom(...stays, ...filled.keys(), 'a word')
    await fc.assert(
      fc.asyncProperty(fc.array(form, { minLength: 1, maxLength: 6 }), async (forms) => {
        const { text, guesses } = await promptOf(`Do ${forms.join(' , ')} .`, '<issue> <branch>')
        expect(text).toBe(`Do ${forms.map((one) => filled.get(one) ?? one).join(' , ')} .`)
        for (const one of forms.filter((given) => stays.includes(given)))
          expect(guesses.some(({ what }) => what.replace(/^.*: /, '') === one)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})
