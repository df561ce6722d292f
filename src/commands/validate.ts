import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { openKnown } from '../cli/known.ts'
import { count } from '../cli/present/table.ts'
import { watchStages } from '../cli/progress.ts'
import { TreeCommand } from '../cli/tree-command.ts'
import { Failure } from '../core/failure.ts'
import { formats } from '../core/formats/formats.ts'
import type { Kind } from '../core/kind.ts'
import { type Selection, selectFiles, selects } from '../core/selection.ts'
import type { Tree } from '../core/tree.ts'
import { noDefinitions, type Validated, validate } from '../core/validate.ts'

export default class Validate extends TreeCommand {
  static override summary = 'Check definitions with every rule, and say where what is wrong.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents --format sarif > findings.sarif',
    '<%= config.bin %> <%= command.id %> packages/shared/agents/reviewer/prompts/system.md',
    '<%= config.bin %> <%= command.id %> --staged',
  ]
  static override strict = false
  static override args = {
    what: Args.string({
      description: 'kinds, or paths of files or folders; everything when nothing is named',
    }),
  }
  static override flags = {
    staged: Flags.boolean({
      description: 'what is staged in git, as it will be committed',
      exclusive: ['changed-since'],
    }),
    'changed-since': Flags.string({
      description: 'definitions that differ from this git ref',
      helpValue: 'REF',
    }),
    format: Flags.option({
      description: 'how findings are written',
      options: ['text', 'json', 'sarif', 'junit', 'github'] as const,
      default: 'text',
    })(),
    strict: Flags.boolean({ description: 'warnings count as errors' }),
  }

  async run(): Promise<object> {
    const { argv, flags } = await this.parse(Validate)
    const kinds = await this.kinds()
    const selection = await this.select(argv as string[], kinds, flags)
    const tree = this.tree(kinds)
    const validated = flags.staged
      ? await this.validateStaged(tree, selection)
      : await this.validateTree(tree, selection)
    this.diagnostics = validated.diagnostics
    if (validated.checked === 0 && selection.names === 'all')
      throw noDefinitions({ ...tree, kinds: selection.kinds })
    const { definitions, errors, warnings } = sums(validated)
    await this.present(
      flags.format,
      kinds,
      `${count(definitions, 'definition')} checked: ${count(errors, 'error')}, ${count(warnings, 'warning')}`,
    )
    if (errors > 0 || (flags.strict && warnings > 0))
      throw new Failure(
        'FINDINGS',
        `${count(errors, 'error')}, ${count(warnings, 'warning')} in ${count(definitions, 'definition')}`,
        'mend them; every finding has its hint',
      )
    return { definitions, errors, warnings }
  }

  private async select(
    argv: string[],
    kinds: Kind[],
    flags: { staged: boolean; 'changed-since'?: string },
  ): Promise<Selection> {
    const { root } = this.tree(kinds)
    const named = kinds.filter((kind) => argv.includes(kind.id))
    const paths = argv.filter((word) => !kinds.some((kind) => kind.id === word))
    const picked = named.length ? named : kinds
    const missing = paths.find((path) => !existsSync(path) && !/[\\/.]/.test(path))
    if (missing)
      throw new Failure(
        'USAGE',
        `"${missing}" is neither a kind nor a path`,
        `kinds are: ${kinds.map((kind) => kind.id).join(', ')}`,
      )
    const since = flags['changed-since']
    if (!flags.staged && !since)
      return paths.length ? selectFiles(paths, picked, root, process.cwd()) : { kinds: picked, names: 'all' }
    const { changedFiles, stagedFiles } = await import('../core/git.ts')
    const files = since ? await changedFiles(this.project.root, since) : await stagedFiles(this.project.root)
    return selectFiles(files, picked, root, this.project.root)
  }

  private async validateTree(tree: Tree, selection: Selection): Promise<Validated> {
    const known = openKnown(() => this.registry(tree.kinds), this.project.root)
    const watch = await watchStages(['validate'], this.interrupt.signal, !this.jsonEnabled())
    const all = hasGone(tree, selection)
    const covers = (kind: string, id: string) => all || selects(selection, kind, id)
    return validate(tree, { selects: covers, known }, watch).finally(watch.stop)
  }

  private async validateStaged(tree: Tree, selection: Selection): Promise<Validated> {
    const { exportStaged } = await import('../core/git.ts')
    const target = mkdtempSync(join(tmpdir(), 'nofx-staged-'))
    try {
      const copy = await exportStaged(this.project.root, tree.root, target)
      return await this.validateTree(
        { ...tree, root: join(copy, relative(this.project.root, tree.root)) },
        selection,
      )
    } finally {
      rmSync(target, { recursive: true, force: true })
    }
  }

  private async present(name: keyof typeof formats, kinds: Kind[], summary: string): Promise<void> {
    const format = await formats[name]()
    const text = format(this.diagnostics, {
      rules: Object.assign({}, ...kinds.map((kind) => kind.rules)),
      version: this.config.version,
      paint: this.paint,
    })
    if (text) this.log(text)
    if (name === 'text') this.log(summary)
  }
}

/** A definition that was deleted may be missed by any other, so then all are looked at. */
function hasGone(tree: Tree, { names }: Selection): boolean {
  return names !== 'all' && [...names].some((name) => !existsSync(join(tree.root, name)))
}

function sums({ diagnostics, checked }: Validated) {
  const errors = diagnostics.filter((finding) => finding.severity === 'error').length
  return { definitions: checked, errors, warnings: diagnostics.length - errors }
}
