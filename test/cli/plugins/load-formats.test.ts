import type { Config } from '@oclif/core/config'
import { describe, expect, it } from 'vitest'
import { isForeignFormat } from '../../../src/cli/plugins/guard-format.ts'
import { loadFormats, pickFormat } from '../../../src/cli/plugins/load-formats.ts'
import { FORMATS } from '../../../src/exchange/hook.ts'

const FORMAT = { id: 'third', title: 'Third', kinds: ['agents'], places: [], limits: [] }
const OWN = { plugin: { name: 'nofx' }, result: FORMATS }

/** oclif's configuration, as far as formats are read from it: what each plugin's hook gave. */
function configOf(
  results: { plugin: { name: string }; result: unknown }[],
  failures: unknown[] = [],
): Config {
  return { name: 'nofx', runHook: async () => ({ successes: results, failures }) } as unknown as Config
}

const withThird = (result: unknown) => configOf([{ plugin: { name: 'third-party' }, result }, OWN])

describe('the formats of plugins', () => {
  it('come after those of NOFX', async () => {
    const formats = await loadFormats(withThird([FORMAT]))
    expect(formats.map(({ id }) => id)).toEqual([...FORMATS.map(({ id }) => id), 'third'])
    expect(pickFormat(formats, 'third').title).toBe('Third')
  })

  it.each([
    ['no list', undefined],
    ['null', [null]],
    ['an id with a slash', [{ ...FORMAT, id: '../x' }]],
    ['no places', [{ ...FORMAT, places: undefined }]],
    ['a write that is not a function', [{ ...FORMAT, write: 'x' }]],
    ['the id of another', [{ ...FORMAT, id: 'claude' }]],
  ])('with %s stop the command with CONFIG', async (_what, result) => {
    await expect(loadFormats(withThird(result))).rejects.toMatchObject({ code: 'CONFIG', exit: 2 })
  })

  it('that cannot be loaded are named', async () => {
    const failure = { plugin: { name: 'third-party' }, error: new Error('no such file') }
    await expect(loadFormats(configOf([OWN], [failure]))).rejects.toMatchObject({
      message: expect.stringContaining('third-party'),
    })
  })

  it('that throw are blamed by name, with the method', async () => {
    const boom = () => {
      throw new TypeError('boom\n  at x')
    }
    const formats = await loadFormats(
      withThird([{ ...FORMAT, write: boom, read: boom, detect: boom, split: boom }]),
    )
    const third = pickFormat(formats, 'third')
    const blamed = (method: string) => ({
      code: 'CONFIG',
      message: `plugin third-party failed in \`${method}\` of the format third: boom`,
    })
    await expect(third.write?.([], { allowEffects: false })).rejects.toMatchObject(blamed('write'))
    await expect(third.read?.({ path: 'a', text: '' })).rejects.toMatchObject(blamed('read'))
    await expect(third.split?.('', 'a')).rejects.toMatchObject(blamed('split'))
    expect(() => third.detect?.('a')).toThrow(expect.objectContaining(blamed('detect')))
  })

  it('get what a person has chosen for the import, and are known as those of others', async () => {
    const read = async (...given: unknown[]) => given
    const formats = await loadFormats(withThird([{ ...FORMAT, read }]))
    const given = await pickFormat(formats, 'third').read?.(
      { path: 'a', text: '' },
      { namespace: 'com.acme' },
    )
    expect(given).toEqual([{ path: 'a', text: '' }, { namespace: 'com.acme' }])
    expect(formats.filter(isForeignFormat).map(({ id }) => id)).toEqual(['third'])
  })

  it.each([
    ['nothing', undefined],
    ['no ledger', { files: [], findings: [] }],
    ['a file without content', { files: [{ path: 'a', from: [] }], findings: [], ledger: [] }],
    ['a row without a reason', { files: [], findings: [], ledger: [{ field: 'a', outcome: 'mapped' }] }],
  ])('that return %s are blamed by name', async (_what, written) => {
    const formats = await loadFormats(withThird([{ ...FORMAT, write: async () => written }]))
    const result = pickFormat(formats, 'third').write?.([], { allowEffects: false })
    await expect(result).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('`write`'),
    })
  })

  it('that do not exist are refused with the nearest name', async () => {
    const formats = await loadFormats(configOf([OWN]))
    const hintFor = (name: string) => {
      try {
        return pickFormat(formats, name).id
      } catch (error) {
        return (error as { hint: string }).hint
      }
    }
    expect(hintFor('claud')).toBe('did you mean: claude')
    expect(hintFor('robots')).toMatch(/^use one of: claude, /)
  })
})
