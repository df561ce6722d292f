import { sha256 } from '../../../src/contract/digest.ts'
import type { AskedKind, Head, HeadsApart } from '../../../src/core/registry/registry.ts'

/** Whether nothing of a head matters to a plan but that it is equal. */
function isPlain({ state, version, draftVersion, disabled, hold, references, demands }: Head): boolean {
  const isLive = (state === 'active' || state === 'deprecated') && version !== null
  return (
    isLive &&
    draftVersion === null &&
    disabled === null &&
    hold.length + references.length + demands.length === 0
  )
}

/** What `registry_heads_apart` answers, written a second time over heads in memory. */
export function answerApart(
  heads: readonly Head[],
  treeOf: (head: Head) => string | undefined,
  asked: readonly AskedKind[],
  most = Number.POSITIVE_INFINITY,
): HeadsApart {
  const kinds = asked.map(({ kind, digits = 0, buckets }) => {
    const own = heads.filter((head) => head.kind === kind)
    const present = own.flatMap((head) => {
      const tree = head.state === 'removed' ? undefined : treeOf(head)
      return tree === undefined
        ? []
        : [{ id: head.id, tree, bucket: tree.slice(0, digits), plain: isPlain(head) }]
    })
    const isSame = (bucket: string) => {
      const lines = present.filter((one) => one.bucket === bucket).map(({ id, tree }) => `${id} ${tree}`)
      return lines.length > 0 && sha256(lines.sort().join('\n')).slice(0, 40) === buckets?.[bucket]
    }
    const left = new Set(present.filter(({ bucket, plain }) => plain && isSame(bucket)).map(({ id }) => id))
    const others = buckets ? own.filter(({ id }) => !left.has(id)) : []
    return {
      kind,
      apart: new Set(Object.keys(buckets ?? {}).filter((bucket) => !isSame(bucket))),
      trees: new Map(
        others.flatMap((head) => {
          const tree = treeOf(head)
          return tree === undefined ? [] : [[head.id, [head.latestVersion, tree] as const] as const]
        }),
      ),
      heads: buckets && others.length <= most ? others : undefined,
    }
  })
  return { sum: 'x', kinds }
}
