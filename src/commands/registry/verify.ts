import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { pickKinds } from '../../cli/kinds.ts'
import { count, table } from '../../cli/present/table.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { seenByGit } from '../../core/disk-view.ts'
import { Failure } from '../../core/failure.ts'
import { type DamagedBundle, type Verified, verifyBundles } from '../../core/verify.ts'

export default class Verify extends TreeCommand {
  static override summary = 'Check that storage has every bundle that a revision refers to.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents --deep --repair',
  ]
  static override args = { kind: Args.string({ description: 'only this kind, such as agents' }) }
  static override flags = {
    deep: Flags.boolean({ description: 'download every bundle and compare its hash, not only its size' }),
    repair: Flags.boolean({
      description: 'make damaged bundles again from the working tree or from their commit; implies --deep',
    }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Verify)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const repairFrom = flags.repair ? { tree: await seenByGit(this.tree(kinds)) } : undefined
    const picked = pickKinds(kinds, args.kind ? [args.kind] : [])
    const verified = await verifyBundles(registry, picked, { deep: flags.deep, repairFrom })
    const answer = this.answer(verified, present(verified))
    const left = verified.damaged.filter((bundle) => !bundle.repaired)
    if (left.length === 0) return answer
    const hint = flags.repair ? hintFor(left) : 'run: nofx registry verify --repair'
    throw new Failure('REFUSED', `${count(left.length, 'bundle is', 'bundles are')} damaged`, hint, {
      detail: verified,
    })
  }
}

function hintFor(left: readonly DamagedBundle[]): string {
  return left.every((bundle) => bundle.packedOtherwise)
    ? 'this Node.js packs them into other bytes: repair where they are published, such as in CI'
    : 'fetch the commits they were published from, and repair again'
}

function present({ checked, compared, damaged }: Verified): string {
  const rows = damaged.map((one) => [
    one.repaired ? 'repaired' : one.problem,
    `${one.kind}/${one.id}`,
    `v${one.version}`,
    one.path,
  ])
  const notLooked =
    compared === 'size' ? '; sizes were compared, not hashes: nofx registry verify --deep' : ''
  const rest = `${count(checked, 'bundle')} checked, ${damaged.length} damaged${notLooked}`
  return rows.length ? `${table(['PROBLEM', 'DEFINITION', 'VERSION', 'OBJECT'], rows)}\n${rest}` : rest
}
