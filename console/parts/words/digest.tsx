import { Copy } from './copy.tsx'

/** The first eight characters of a hash; the whole one is copied. */
export function Digest({ value, label = 'the digest' }: { value: string; label?: string }) {
  return (
    <span class="digest">
      <code title={value}>{value.slice(0, 8)}</code>
      <Copy text={value} label={label} />
    </span>
  )
}
