/** Where frames come from, in the words of the report. */
export interface SourceIdentity {
  readonly kind: 'file' | 'live' | 'stdin' | 'ssh' | 'pod'
  /** The file, the interface, or `-`. */
  readonly name: string
  /** `socket`: a packet socket of perl or python3. */
  readonly engine: 'cap' | 'tcpdump' | 'socket' | 'file'
}

/** Every frame source is a stream of pcap bytes: one reader serves files, stdin, the live child and tcpdump. */
export interface FrameSource {
  readonly source: SourceIdentity
  /**
   * pcap or pcapng bytes, already unpacked, in chunks of any size; may be called once.
   * A chunk is only valid until the next one is asked for. Where a source can choose, it puts them into `buffer`, where the
   * caller wants them. Throws CannotLook when the source cannot be opened or read,
   * CutShortError (from `src/wire/capture-format.ts`) after the last readable byte of an archive that ends too early.
   */
  bytes(buffer?: Uint8Array): AsyncIterable<Uint8Array>
  /** Of a file: bytes read so far, as they lie there, and all of them; null before it is open. */
  position?(): { readonly read: number; readonly of: number } | null
  /** Ends the stream soon; `bytes()` then finishes without an error. Harmless when called twice or too early. */
  stop(): void
}
