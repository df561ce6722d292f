import { describe, expect, it } from 'vitest'
import { fillCommandLine, splitCommandLine } from '../../../src/worker/run/command-line.ts'

describe("the runner's command line", () => {
  it.each([
    ['my-agent --system {promptFile}', ['my-agent', '--system', '{promptFile}']],
    [`a 'b c'  "d e" f'g'"h"`, ['a', 'b c', 'd e', 'fgh']],
    [`a "" ''`, ['a', '', '']],
    [String.raw`a b\ c \"d "e\"f" 'g\h'`, ['a', 'b c', '"d', 'e"f', String.raw`g\h`]],
    [String.raw`C:\bin\agent.exe \\server\share`, [String.raw`C:\bin\agent.exe`, String.raw`\server\share`]],
    [
      'a $HOME `id` $(id) ~ *.md {"x":1} {print}',
      ['a', '$HOME', '`id`', '$(id)', '~', '*.md', '{x:1}', '{print}'],
    ],
    [`sh -c 'a | b > c'`, ['sh', '-c', 'a | b > c']],
    [`a '|'`, ['a', '|']],
  ])('the command line is split without a shell: %s', (line, words) => {
    expect(splitCommandLine(line)).toEqual(words)
  })

  it.each([
    ['', /it is empty/],
    ['a "b', /" that is never closed/],
    ['a | b', /\| has no effect/],
    ['a && b', /&& has no effect/],
    ['a > out', /> has no effect/],
    ['a {promptfile}', /no value for \{promptfile\}/],
  ])('the command line is refused with the reason: %s', (line, reason) => {
    expect(() => splitCommandLine(line)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(reason) }),
    )
  })

  it('a filled-in value is inserted unchanged and stays one word', () => {
    const values = {
      promptFile: '/tmp/a b; rm -rf /',
      mcpFile: '{step}',
      inputFile: '$&',
      outputFile: '',
      step: 's',
      agent: '"; id',
      workdir: '/w',
    }
    const words = ['--x={promptFile}', '{mcpFile}', '{inputFile}{step}', '{agent}', '{other}', '{outputFile}']
    expect(fillCommandLine(words, values)).toEqual([
      '--x=/tmp/a b; rm -rf /',
      '{step}',
      '$&s',
      '"; id',
      '{other}',
      '',
    ])
  })
})
