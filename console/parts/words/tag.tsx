import type { ComponentChildren } from 'preact'

/** A word in a box, with a blank before it: who copies or hears the row gets two words. */
export function Tag({
  tone,
  children,
}: {
  tone: 'live' | 'attention' | 'danger'
  children: ComponentChildren
}) {
  return (
    <>
      {' '}
      <span class={`tag is-${tone}`}>{children}</span>
    </>
  )
}
