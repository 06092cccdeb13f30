// What the widget says, in English and Chinese.

const WORDS = {
  open: ["Open chat", "打开对话"],
  close: ["Close chat", "关闭对话"],
  unread: ["{n} unread", "{n} 条未读"],
  menu: ["More", "更多"],
  fresh: ["New conversation", "新对话"],
  other: ["中文", "English"],
  chat: ["Chat", "对话"],
  greeting: ["How can we help?", "有什么可以帮您？"],
  about: [
    "I answer from our own documents and show my sources. You can ask for a person at any time.",
    "我只根据我们自己的文档回答，并注明出处。您可以随时转接人工客服。",
  ],
  placeholder: ["Ask a question", "请输入您的问题"],
  send: ["Send", "发送"],
  attach: ["Attach a file", "添加文件"],
  notTaken: [
    "The file was not sent. Pictures, PDF, text and recordings are taken, up to 10 MB.",
    "文件未发送。可发送 10 MB 以内的图片、PDF、文本和录音。",
  ],
  saveFile: ["Save {n}", "保存 {n}"],
  notSaved: ["The file could not be fetched. Please try again.", "无法获取文件，请重试。"],
  below: ["New messages", "新消息"],
  idle: ["", ""],
  connecting: ["Connecting…", "正在连接…"],
  on: ["Online", "在线"],
  off: ["Reconnecting… your messages are kept", "正在重新连接…您的消息会保留"],
  bot: ["Assistant", "助手"],
  agent: ["Support", "人工客服"],
  you: ["You", "您"],
  botTyping: ["Looking for the answer", "正在查找答案"],
  agentTyping: ["{n} is writing", "{n}正在输入"],
  sending: ["Sending…", "发送中…"],
  waiting: ["Will be sent when you are back online", "恢复连接后发送"],
  edited: ["Edited", "已编辑"],
  withdrawn: ["This message was withdrawn.", "此消息已撤回。"],
  failed: ["Not sent.", "未发送。"],
  sources: ["Sources ({n})", "来源（{n}）"],
  source: ["Source {n}", "来源 {n}"],
  up: ["Good answer", "回答得好"],
  down: ["Bad answer", "回答得不好"],
  why: ["What was wrong?", "哪里不对？"],
  wrong: ["Wrong", "内容有误"],
  out_of_date: ["Out of date", "已过时"],
  no_answer: ["Didn't answer", "没有回答问题"],
  reason: ["Other", "其他"],
  comment: ["Tell us more (optional)", "补充说明（可选）"],
  thanks: ["Thank you. This helps us to answer better.", "谢谢，我们会据此改进答案。"],
  judge: ["Was this answer good?", "这个回答好吗？"],
  well: ["It went well", "满意"],
  badly: ["It did not go well", "不满意"],
  slow: ["Too slow", "太慢"],
  not_solved: ["Not solved", "没有解决问题"],
  unfriendly: ["Unfriendly", "态度不好"],
  talkThanks: ["Thank you. This helps us to do better.", "谢谢，我们会据此改进服务。"],
  person: ["Talk to a person", "转人工客服"],
  personAsked: ["You asked for a person.", "您已请求人工客服。"],
  personHere: [
    "A person is here already. They can give you back to the assistant.",
    "人工客服已经接入，可由客服将您转回自动助手。",
  ],
  queue: ["You are waiting for a person. You can go on writing.", "正在为您转接人工客服，您可以继续输入。"],
  position: ["You are number {n} in line for a person.", "您在人工客服队列中排第 {n} 位。"],
  wait: [" At the moment that takes about {n} min.", "目前大约需要等待 {n} 分钟。"],
  goOn: [" You can go on writing.", "您可以继续输入。"],
  back: ["Talk to the bot instead", "改由机器人服务"],
  backAt: [
    "Nobody is here just now. A person will be back on {n}; your request is written down.",
    "目前没有客服人员在线，{n}恢复服务。您的请求已记录。",
  ],
  withAgent: ["You are talking to a person", "正在由人工客服为您服务"],
  tooLong: ["A message has at most {n} characters.", "每条消息最多 {n} 个字符。"],
  lost: ["The earlier conversation could not be opened. This is a new one.", "无法打开之前的对话，这是新的对话。"],
  unauthorized: ["You are no longer signed in. Please reload the page.", "您的登录已失效，请刷新页面。"],
  refused: ["The chat is not available on this page.", "该页面无法使用对话。"],
} satisfies Record<string, [string, string]>;

export type Word = keyof typeof WORDS;

const LANGUAGES = ["en", "zh"] as const;
let at = 0;

/** Speak the first of these languages that is known, else English. */
export function choose(...wanted: (string | null | undefined)[]): void {
  at = +/^zh/i.test(wanted.find((one) => /^(en|zh)/i.test(one ?? "")) ?? "");
}

/** The language spoken now. */
export const spoken = (): "en" | "zh" => LANGUAGES[at] as "en" | "zh";

export const t = (word: Word, n: string | number = ""): string =>
  (WORDS[word][at] as string).replace("{n}", String(n));
