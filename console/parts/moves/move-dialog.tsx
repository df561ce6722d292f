import { useEffect, useRef } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { useMoment } from '../../data/moment.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { type Move, nameMove, readMove } from '../../model/moves/move-name.ts'
import { subjectOf, wordsOf } from '../../model/moves/move-words.ts'
import { Foreign } from '../words/foreign.tsx'
import { MoveDone } from './move-done.tsx'
import { MoveForm } from './move-form.tsx'
import { MoveNotice } from './move-notice.tsx'
import { useMove } from './use-move.ts'

/** The form of the move that the address names. */
export default function MoveDialog() {
  const search = useSearch()
  const move = readMove(new URLSearchParams(search).get('move'))
  return move ? <Dialog key={nameMove(move)} move={move} search={search} /> : null
}

function Dialog({ move, search }: { move: Move; search: string }) {
  const [path, navigate] = useLocation()
  const { env } = useMoment()
  const { dialog, heading } = useOpened()
  const moving = useMove(move, env)
  const { outcome } = moving
  const close = () => navigate(path + withQuery(search, { move: undefined }), { replace: true })
  const { done, title } = wordsOf(move)
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby="move-title" onClose={close}>
      <div class="sheet-head">
        <h2 id="move-title" ref={heading} tabIndex={-1}>
          {outcome.state === 'done' ? done : title} <Foreign text={subjectOf(move)} />
        </h2>
        {env && (
          <span class="soft">
            in preview <Foreign text={env} />
          </span>
        )}
        <button type="button" class="quiet sheet-close" aria-label="Close" onClick={close}>
          <span aria-hidden="true">×</span>
        </button>
      </div>
      <div class="sheet-body">
        {outcome.state === 'done' ? (
          <MoveDone move={move} moved={outcome.moved} env={env} close={close} />
        ) : (
          <>
            <MoveNotice move={move} moving={moving} env={env} />
            <MoveForm move={move} moving={moving} env={env} close={close} />
          </>
        )}
      </div>
    </dialog>
  )
}

/** Opens the dialog over the page, with the focus on its heading; afterwards the focus is where it was. */
function useOpened() {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    heading.current?.focus()
    return () => {
      // The button may be gone: a draft that is promoted waits no more.
      const target = before?.isConnected ? before : document.querySelector('h1')
      if (target instanceof HTMLElement) target.focus({ preventScroll: true })
    }
  }, [])
  return { dialog, heading }
}
