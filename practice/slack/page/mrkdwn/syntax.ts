/** One piece of running text, as Slack's mrkdwn has it. */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "bold" | "italic" | "strike" | "code"; readonly children: readonly Inline[] }
  | { readonly kind: "link"; readonly url: string; readonly label: string }
  | { readonly kind: "user" | "channel" | "group"; readonly id: string; readonly label: string }
  | { readonly kind: "range"; readonly range: string }
  | {
      readonly kind: "date";
      readonly seconds: number;
      readonly format: string;
      readonly link: string;
      readonly fallback: string;
    }
  | { readonly kind: "emoji"; readonly name: string };

/** A paragraph, a quotation or preformatted lines. */
export type TextBlock = { readonly kind: "paragraph" | "quote" | "pre"; readonly children: readonly Inline[] };
