import { expect, test } from 'vitest'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import { ALONE } from '../../../src/contract/kind.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import fc from '../../harness/fast-check.ts'

const manifest = (description: string) =>
  JSON.stringify({
    agentId: 'one',
    name: 'One',
    description,
    owner: '@acme/agents',
    version: '1.0.0',
    status: 'active',
    prompts: { system: 'prompts/system.md' },
  })

/** Places of the conflicts that are found in an agent with these texts. */
function conflictsIn(prompt: string, agentJson = manifest('Does it.')): string[] {
  const files = Object.entries({ 'agent.json': agentJson, 'prompts/system.md': prompt }).map(
    ([path, text]) => ({ path, size: Buffer.byteLength(text), text }),
  )
  const { findings } = checkDefinition({ kind: 'agents', id: 'one', files, findings: [] }, agents, ALONE)
  return findings
    .filter(({ rule }) => rule === 'NOFX_CONFLICT_MARKERS')
    .map(({ file, offset = 0 }) => {
      const text = files.find(({ path }) => path === file)?.text ?? ''
      return `${file}:${text.slice(0, offset).split('\n').length}`
    })
}

const conflict = (ours: string, theirs: string) =>
  `<<<<<<< HEAD\n${ours}\n=======\n${theirs}\n>>>>>>> topic\n`

test.each([
  ['a conflict', `You help.\n${conflict('Ours.', 'Theirs.')}`, [2]],
  ['a conflict with the common ancestor', '<<<<<<< a\nA\n||||||| b\nB\n=======\nC\n>>>>>>> c\n', [1]],
  ['a conflict with an empty side', '<<<<<<< a\n=======\nC\n>>>>>>> c\n', [1]],
  ['line ends of Windows', conflict('Ours.', 'Theirs.').replaceAll('\n', '\r\n'), [1]],
  ['two conflicts', `${conflict('1', '2')}text\n${conflict('3', '4')}`, [1, 7]],
  ['a conflict in a block of code', `\`\`\`\n${conflict('1', '2')}\`\`\`\n`, [2]],
])('%s is found at the line where it starts', (_name, prompt, lines) =>
  expect(conflictsIn(prompt)).toEqual(lines.map((line) => `prompts/system.md:${line}`)),
)

test.each([
  ['an underlined heading', 'Title\n=======\n\nText\n'],
  ['indented markers', conflict('1', '2').replaceAll(/^/gm, '    ')],
  ['quoted markers', conflict('1', '2').replaceAll(/^/gm, '> ')],
  ['a start and a heading, without an end', '<<<<<<< HEAD\nTitle\n=======\n'],
  ['markers in another order', '>>>>>>> topic\n=======\n<<<<<<< HEAD\n'],
  ['markers within lines', 'Look for `<<<<<<< HEAD`, `=======` and `>>>>>>> topic`.\n'],
  ['longer rules', '<<<<<<<< a\n========\n>>>>>>>> b\n'],
])('%s is not a conflict', (_name, prompt) => expect(conflictsIn(prompt)).toEqual([]))

test('a conflict in the manifest is found although the manifest cannot be read', () => {
  const text = manifest('One.').replace('"name":"One",', `\n${conflict('"name":"One",', '"name":"Two",')}`)
  expect(conflictsIn('You help.\n', text)).toEqual(['agent.json:2'])
})

test('any lines before, within and after a conflict leave one finding, as long as they are not markers', () => {
  const lines = fc
    .array(fc.constantFrom('', 'text', ' =======', '======= x', '<<<<<<<', '> >>>>>>> x', '|||||||'), {
      maxLength: 5,
    })
    .map((all) => all.join('\n'))
  fc.assert(
    fc.property(lines, lines, lines, lines, (before, ours, theirs, after) => {
      const prompt = `${before}\n${conflict(ours, theirs)}${after}`
      expect(conflictsIn(prompt)).toEqual([`prompts/system.md:${before.split('\n').length + 1}`])
    }),
    { numRuns: 100 },
  )
})

test('many conflicts in a large text are found in linear time, ten of them', () => {
  const prompt = `${'<<<<<<< a\n'.repeat(25_000)}`
  expect(conflictsIn(prompt)).toEqual([])
  expect(conflictsIn(conflict('1', '2').repeat(1000))).toHaveLength(10)
})
