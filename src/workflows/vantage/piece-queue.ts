/** Bytes that come when they come, for one reader. */
export class PieceQueue {
  private readonly pieces: Uint8Array[] = []
  private wake: () => void = () => {}
  private idle: () => void = () => {}
  private ended = false

  push(piece: Uint8Array): void {
    this.pieces.push(piece)
    this.wake()
  }

  end(): void {
    this.ended = true
    this.wake()
  }

  /** Resolves once the reader has asked for more than there is, so has done with all of it; or when `signal` is aborted. */
  async drained(signal: AbortSignal): Promise<void> {
    if (this.ended || signal.aborted) return
    await new Promise<void>((resolve) => {
      this.idle = resolve
      signal.addEventListener('abort', () => resolve(), { once: true })
      this.wake()
    })
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.pieces.shift()
      if (piece !== undefined) yield piece
      else if (this.ended) return
      else {
        this.idle()
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
      }
    }
  }
}
