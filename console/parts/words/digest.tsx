import type { ComponentChildren } from 'preact'
import { Copy } from './copy.tsx'

interface DigestProps {
  value: string
  label?: string
  /** Where the content is shown, as a function of what stands for it. */
  link?: (short: ComponentChildren) => ComponentChildren
}

/** The first eight characters of a hash; the whole one is copied. */
export function Digest({ value, label = 'the digest', link = (short) => short }: DigestProps) {
  return (
    <span class="digest">
      {link(<code title={value}>{value.slice(0, 8)}</code>)}
      <Copy text={value} label={label} />
    </span>
  )
}
