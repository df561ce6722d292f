import { describe, expect, it } from 'vitest'
import { missingLine } from './output.ts'
import { parsePage } from './pages.ts'
import { stepsOf } from './steps.ts'

const page = (text: string) => parsePage('docs/x.md', text)
const commands = (text: string) => stepsOf(page(text)).map((step) => ('command' in step ? step.command : ''))

describe('the steps of a page', () => {
  it('are its commands, however many lines each has', () => {
    const text = [
      "curl -X POST \\\n  -d '{\n}' url",
      "cat > a <<'EOF'\nit's\nEOF",
      'for id in a b; do\n  nofx validate\ndone',
      "nofx list   # it's fine",
      'id=$(nofx show |\n  grep x)',
    ]
    expect(commands(`\`\`\`sh\n${text.join('\n# a comment\n\n')}\n\`\`\`\n`)).toEqual(text)
  })

  it('have the status that the page gives, and the output of a session', () => {
    const text = '```console\n$ nofx validate   # exit 1\nerror …\n\n$ nofx list\n```\n'
    expect(stepsOf(page(text))).toEqual([
      { does: 'run', line: 2, command: 'nofx validate   # exit 1', exit: 1, shown: ['error …'] },
      { does: 'run', line: 5, command: 'nofx list', exit: 0, shown: [] },
    ])
  })

  it('write the files that the page gives, and skip the blocks that it marks', () => {
    const text =
      '```json file=a/b.json\n{}\n```\n```json\n{}\n```\n```sh hosted\nx\n```\n```sh install\ny\n```\n```sh background\nnofx dev\n```\n'
    expect(stepsOf(page(text))).toEqual([
      { does: 'write', line: 1, path: 'a/b.json', text: '{}\n' },
      { does: 'start', line: 14, command: 'nofx dev' },
    ])
    expect(stepsOf(page(text), { install: true })).toHaveLength(3)
  })

  it('that do not end are reported with their line', () => {
    expect(() => stepsOf(page("\n```sh\necho 'a\n```\n"))).toThrow('line 2: a command does not end')
  })
})

describe('what a page shows of an output', () => {
  it.each([
    [['a', 'b'], 'a\nb\nmore', undefined],
    [['a … c'], 'a 12 (x) c', undefined],
    [['a', '…', 'c'], 'a\nb\nb\nc', undefined],
    [['a', 'c'], 'a\nb\nc', 'c'],
    [['a.c'], 'abc', 'a.c'],
    [['…', 'x'], 'a', 'x'],
  ])('%j of %j: %s', (shown, output, missing) => {
    expect(missingLine(shown, output)).toBe(missing)
  })
})
