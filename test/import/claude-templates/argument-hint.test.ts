import { describe, expect, test } from 'vitest'
import { readHint } from '../../../src/import/claude-templates/argument-hint.ts'
import { readParameters } from '../../../src/import/claude-templates/parameters.ts'

const line = (hint: string) =>
  readHint(hint)?.map(
    ({ name, flag, required, schema }) =>
      `${name ?? '-'}${flag ? ` ${flag}` : ''}${required ? '!' : ''} ${schema.type}${
        schema.enum ? ` ${schema.enum.join('|')}` : ''
      }${schema.examples ? ` e.g. ${schema.examples.join()}` : ''}`,
  )

describe('a hint', () => {
  test.each([
    ['<feature description>', ['feature_description! string']],
    ['[message]', ['message string']],
    ['issue-number', ['issue_number string']],
    ['<from> <to>', ['from! string', 'to! string']],
    ['<name> <name>', ['name! string', 'name_2! string']],
    ['<x> [--strict]', ['x! string', 'strict --strict boolean']],
    ['[--depth quick|full]', ['depth --depth string quick|full']],
    ['[--confidence 0.90|0.95]', ['confidence --confidence number 0.9|0.95']],
    ['[--team-size N]', ['team_size --team-size integer']],
    ['[--size <n>]', ['size --size integer']],
    ['[--coverage 80]', ['coverage --coverage number e.g. 80']],
    ['[--base-branch main]', ['base_branch --base-branch string e.g. main']],
    ['[--base=main]', ['base --base string e.g. main']],
    ['[--only a,b,c]', ['only --only string']],
    ['[--red|--green]', ['red_green string red|green']],
    ["[goal, e.g. 'tune it']", ['goal string e.g. tune it']],
    ['[run directory, e.g. runs/1]', ['run_directory string e.g. runs/1']],
    ['<description of failing tests or test file paths>', ['-! string']],
    ['<constructor> <__proto__>', ['constructor_value! string', 'proto! string']],
  ])('%s', (hint, expected) => {
    expect(line(hint)).toEqual(expected)
  })

  test.each([
    'add [tagId] | remove [tagId] | list',
    '<open',
    'two words',
    '[]',
    '<a> and <b>',
    '[a [b [c]]]',
    `<${'x'.repeat(3000)}>`,
  ])('of a form of its own is not taken apart: %s', (hint) => {
    expect(readHint(hint)).toBeUndefined()
  })
})

describe('parameters', () => {
  const parameters = (hint: string | undefined, body: string) => {
    const { schema, guesses } = readParameters(hint, body)
    const { properties = {}, required = [] } = (schema ?? {}) as {
      properties?: Record<string, Record<string, unknown>>
      required?: string[]
    }
    const shown = Object.entries(properties).map(
      ([name, { title, ...rest }]) => `${name}${required.includes(name) ? '!' : ''} ${JSON.stringify(rest)}`,
    )
    return { shown, whys: guesses.map(({ why }) => why) }
  }
  const state = (values: object) => `\`\`\`json\n${JSON.stringify(values)}\n\`\`\`\n`

  test.each<[string, string | undefined, string, string[]]>([
    ['no hint and no arguments: none', undefined, 'Do it.', []],
    ['no hint, but arguments', undefined, 'Do $ARGUMENTS.', ['arguments! {"type":"string"}']],
    [
      'no hint, but numbered arguments',
      undefined,
      'From $1 to $2, for $1,000 or $20.',
      ['argument_1! {"type":"string"}', 'argument_2 {"type":"string"}'],
    ],
    ['a hint of a form of its own', 'a | b c', 'x', ['arguments {"type":"string"}']],
    [
      'the word that the text uses',
      '<what to build>',
      'referenced as `$FEATURE`',
      ['feature! {"type":"string"}'],
    ],
    [
      'the place in the state',
      '<the branch>',
      state({ branch: '$ARGUMENTS' }),
      ['branch! {"type":"string"}'],
    ],
    [
      'defaults of the state, those of flags included',
      '<x> [--mode a|b] [--tests] [--coverage 80] [--only p,q]',
      state({ x: '$ARGUMENTS', mode: 'b', coverage_target: 70, only: ['p'], flags: { tests: true } }),
      [
        'x! {"type":"string"}',
        'mode {"type":"string","enum":["a","b"],"default":"b"}',
        'tests {"type":"boolean","default":true}',
        'coverage {"type":"number","examples":[80],"default":70}',
        'only {"type":"string","description":"One or more of p,q","default":"p"}',
      ],
    ],
    [
      'a default that the hint does not list is a choice too',
      '<x> [--mode a|b]',
      state({ x: '$ARGUMENTS', mode: 'none' }),
      ['x! {"type":"string"}', 'mode {"type":"string","enum":["a","b","none"],"default":"none"}'],
    ],
    [
      'a default of another type is ignored',
      '<x> [--n N] [--yes]',
      state({ x: '$ARGUMENTS', n: 'many', yes: 'no' }),
      ['x! {"type":"string"}', 'n {"type":"integer"}', 'yes {"type":"boolean"}'],
    ],
    [
      'flags that exclude each other are called as the state calls them',
      '<x> [--one|--all]',
      state({ x: '$ARGUMENTS', mode: 'all' }),
      ['x! {"type":"string"}', 'mode {"type":"string","enum":["one","all"],"default":"all"}'],
    ],
    [
      'what a list says of them',
      '<target> [--size N] [--base main]',
      '- `<target>`: what to look at\n- `--size N`: how many (default: 3)\n- `--base`: branch (default: `main`)\n',
      [
        'target! {"type":"string","description":"what to look at"}',
        'size {"type":"integer","description":"how many (default: 3)","default":3}',
        'base {"type":"string","examples":["main"],"description":"branch (default: `main`)","default":"main"}',
      ],
    ],
    [
      'flags alone leave room for arguments that are used',
      '[--strict]',
      'Do $ARGUMENTS.',
      ['arguments {"type":"string"}', 'strict {"type":"boolean"}'],
    ],
  ])('%s', (_what, hint, body, expected) => {
    expect(parameters(hint, body).shown).toEqual(expected)
  })

  test('say what was guessed', () => {
    expect(parameters(undefined, '$ARGUMENTS').whys).toEqual([
      'the source uses its arguments and has no hint for them',
    ])
    expect(parameters('a | b', 'x').whys).toEqual(['the hint has a form of its own: it became one text'])
    expect(parameters('<a> [--b]', '$ARGUMENTS').whys).toEqual([])
  })
})
