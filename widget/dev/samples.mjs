// Messages of every kind, for looking at the widget. Invented figures: nothing here is advice or fact.

const SCHEDULE = [
  [1, "1200.00", "833.33", "366.67"], [2, "1200.00", "833.33", "366.67"], [3, "1200.00", "833.33", "366.67"],
  [4, "1200.00", "833.33", "366.67"], [5, "1200.00", "833.33", "366.67"], [6, "1200.00", "833.33", "366.67"],
  [7, "1200.00", "833.33", "366.67"], [8, "1200.00", "833.33", "366.67"], [9, "1200.00", "833.33", "366.67"],
  [10, "1200.00", "833.33", "366.67"], [11, "1200.00", "833.33", "366.67"], [12, "1200.00", "833.37", "366.63"],
];

const t = (language) => (zh, en) => (language === "zh" ? zh : en);

export function menu(language) {
  const w = t(language);
  return {
    text: w(
      "您好，我是“明白”，一个免费公益服务的自动程序，不是真人。\n您想做什么？点一下，或者直接打字告诉我。",
      "Hello, I am Mingbai, an automatic program of a free public service, not a person.\nWhat would you like to do? Tap, or simply type.",
    ),
    buttons: [
      { title: w("算一笔借款", "Check a loan offer"), payload: "/ask_loan_cost" },
      { title: w("看一条消息", "Check a message"), payload: "/check_message" },
      { title: w("学一课", "Learn"), payload: "/learn" },
      { title: w("我要投诉", "Make a complaint"), payload: "/start_complaint" },
      { title: w("查我的投诉", "My case"), payload: "/follow_case" },
    ],
  };
}

function loan(language) {
  const w = t(language);
  const figure = (label, value, unit, more = {}) => ({ label, value, unit, emphasis: false, note: "", ...more });
  return {
    text: w(
      "到手10,000.00元，每月还1,200.00元，还12期，一共还14,400.00元，总花费4,400.00元。真实年化（单利）74.42%，真实年化（复利，IRR）105.71%。\n您没说合同日期，合同日期按今天算。",
      "You receive 10,000.00 yuan and repay 1,200.00 yuan every month, 12 times: 14,400.00 yuan in all, 4,400.00 yuan of it the cost of borrowing. True annual rate: 74.42% nominal, 105.71% effective.\nI took today as the contract's date.",
    ),
    card: {
      type: "loan_cost",
      title: w("这笔借款要花多少钱", "What this loan costs"),
      figures: [
        figure(w("真正到手", "Money in your hand"), "10000.00", "yuan"),
        figure(w("每期要还", "Each instalment"), "1200.00", "yuan"),
        figure(w("还款期数", "Number of instalments"), "12", "count"),
        figure(w("一共要还", "You repay in total"), "14400.00", "yuan"),
        figure(w("借钱的总花费", "Total cost of borrowing"), "4400.00", "yuan", {
          emphasis: true,
          note: w("利息和所有费用加起来", "interest and every fee together"),
        }),
        figure(w("真实年化（单利）", "True annual rate (nominal, simple)"), "74.418702", "percent", {
          emphasis: true,
          note: w("按真正用到手的钱算", "worked out on the money you really have in use"),
        }),
        figure(w("真实年化（复利，IRR）", "True annual rate (effective, compound, IRR)"), "105.7093", "percent"),
      ],
      lines: [
        {
          label: w("民间借贷", "Private lending"),
          limit: "12.0",
          crossed: true,
          verdict: w(
            "真实年化74.42%，高过法院支持的上限12%。超出的部分，法院不支持；合法的本金还是要还。",
            "74.42% a year is above the line a court supports (12%). A court will not support the part above it; the principal lawfully lent is still owed.",
          ),
          source: w("来源：示例，2026-11-20", "Source: sample, 2026-11-20"),
          as_of: "2026-11-20",
        },
      ],
      schedule: {
        caption: w("每一期怎么还", "Instalment by instalment"),
        columns: [
          { label: w("第几期", "No."), unit: "count" },
          { label: w("还款", "Payment"), unit: "yuan" },
          { label: w("本金", "Principal"), unit: "yuan" },
          { label: w("利息", "Interest"), unit: "yuan" },
        ],
        rows: SCHEDULE.map((row) => row.map(String)),
      },
      chart: {
        title: w("每期还款里，多少是本金、多少是利息和费用", "What each instalment pays: principal, interest and fees"),
        description: w(
          "共12期，一共还14,400.00元，其中本金10,000.00元，利息和费用4,400.00元。",
          "12 instalments, 14,400.00 yuan in all: 10,000.00 yuan principal, 4,400.00 yuan interest and fees.",
        ),
        x_label: w("期", "Instalment"),
        y_label: w("元", "Yuan"),
        x: SCHEDULE.map(([period]) => String(period)),
        series: [
          { label: w("本金", "Principal"), values: SCHEDULE.map((row) => row[2]) },
          { label: w("利息和费用", "Interest and fees"), values: SCHEDULE.map((row) => row[3]) },
        ],
      },
    },
    buttons: [
      { title: w("每期怎么还", "Instalment by instalment"), payload: "/loan_schedule" },
      { title: w("我该怎么办", "What can I do?"), payload: "/loan_what_now" },
      { title: w("主菜单", "Menu"), payload: "/menu" },
    ],
  };
}

function verdict(level) {
  return (language) => {
    const w = t(language);
    const found = level === "danger" || level === "caution";
    return {
      text: {
        danger: w("危险，这很像骗局。\n像这一类：冒充客服退款。", "Danger: this looks like a scam.\nIt looks like: fake refund calls."),
        caution: w("小心，这里有可疑的地方。", "Careful: parts of this are suspicious."),
        unsure: w("这条我说不准。\n字太少，看不出来。", "I am not sure about this one.\nIt is too short to tell."),
        no_sign: w(
          "我没发现可疑的话，可这不能证明它没问题。没核实清楚之前，别转钱，别给验证码。",
          "I found no sign; that is no proof. Do not pay, and give no code, before you have checked.",
        ),
      }[level],
      card: {
        type: "verdict",
        level,
        title: {
          danger: w("危险：很像骗局", "Danger: looks like a scam"),
          caution: w("小心：有可疑的地方", "Careful: parts of this are suspicious"),
          unsure: w("说不准", "Not sure"),
          no_sign: w("没有发现可疑的话", "No sign found"),
        }[level],
        families: found ? [w("冒充客服退款", "Fake refund calls")] : [],
        signs_title: found ? w("露馅的话", "The words that give it away") : "",
        signs: found
          ? [
              { quote: w("转到安全账户", "move it to a safe account"), why: w("没有“安全账户”这回事。", "There is no such thing as a safe account.") },
              { quote: w("把验证码告诉我", "tell me the code"), why: w("验证码等于钥匙，谁都不能给。", "A code is a key: give it to nobody.") },
            ]
          : [],
        advice_title: w("现在怎么做", "What to do now"),
        advice: [
          w("先别转钱，先挂电话。", "Do not pay. Hang up first."),
          w("自己打官方电话问一问，不要用对方给的号码。", "Call the official number yourself, not the one they gave you."),
        ],
        rule_of_thumb: found ? w("催您快转钱的，先停下来。", "Whoever hurries you to pay: stop first.") : "",
        source: w("来源：示例", "Source: sample"),
      },
      buttons: [
        { title: w("再看一条", "Check another"), payload: "/check_message" },
        { title: w("主菜单", "Menu"), payload: "/menu" },
      ],
    };
  };
}

function lesson(stage, correct = null) {
  return (language) => {
    const w = t(language);
    const paragraphs = {
      page: [
        w("“月息2分”听着不多。可您每个月都在还本金，手里的钱越来越少，利息却还按一开始的数收。", "\"2% a month\" sounds small. But you repay a part each month, while the charge stays on the first sum."),
        w("所以要看真实年化：按您真正用到手的钱算。", "So look at the true annual rate: it counts the money you really have in use."),
      ],
      question: [w("对方说“每期手续费1%”，真实年化大概是多少？", "They say \"a fee of 1% an instalment\". What is the true annual rate, roughly?")],
      answer: [w("费用按最初的借款收，可您欠的越来越少。", "The fee is on the first sum, while you owe less and less.")],
      result: [],
    }[stage];
    return {
      text: paragraphs.join("\n"),
      card: {
        type: "lesson", stage, correct, paragraphs,
        title: w("真实年化是什么", "What a true rate is"),
        step: { page: 2, question: 4, answer: 4, result: 5 }[stage],
        steps: 5,
        rule_of_thumb: stage === "result" ? w("只看真实年化，不看“每天几毛钱”。", "Look at the true annual rate, not at \"cents a day\".") : "",
        source: stage === "result" ? w("来源：示例", "Source: sample") : "",
      },
      buttons:
        stage === "question"
          ? [
              { title: w("A. 就是12%", "A. Just 12%"), payload: "/a" },
              { title: w("B. 12%的将近两倍", "B. Almost twice 12%"), payload: "/b" },
            ]
          : [{ title: w("下一页", "Next"), payload: "/next" }],
    };
  };
}

function summary(language) {
  const w = t(language);
  const row = (label, value, unit = "text") => ({ label, value, unit, emphasis: false, note: "" });
  return {
    text: w("请看一看，对不对？", "Please read it through. Is it right?"),
    card: {
      type: "summary",
      title: w("要交上去的内容", "What will be sent"),
      rows: [
        row(w("发生了什么", "What happened"), w("对方说能办低息贷款，先收了“保证金”，之后就联系不上了。", "They offered a cheap loan, took a deposit first, and then could not be reached.")),
        row(w("对方是谁", "With whom"), w("一个叫“快易贷”的应用", "an app")),
        row(w("多少钱", "How much"), "3000.00", "yuan"),
        row(w("什么时候", "When"), "2026-10-12"),
      ],
      notice: w("没有留联系方式。您凭回执号查进度。", "No contact was given. Your receipt opens the case."),
    },
    buttons: [
      { title: w("对，交上去", "Yes, send it"), payload: "/affirm" },
      { title: w("要改一下", "Change something"), payload: "/change" },
    ],
  };
}

function receipt(language) {
  const w = t(language);
  return {
    text: w("收到了。回执号：4821 0937 5560 1248", "Received. Your receipt: 4821 0937 5560 1248"),
    card: {
      type: "receipt",
      title: w("收到了，这是您的回执号", "Received: this is your receipt"),
      receipt: "4821 0937 5560 1248",
      notes: [
        w("请抄下来或者拍下来。没有它，谁也查不到这件事。", "Write it down or take a picture. Nobody can find the case without it."),
        w("别把它告诉别人。", "Give it to nobody."),
      ],
    },
    buttons: [{ title: w("主菜单", "Menu"), payload: "/menu" }],
  };
}

function letter(language) {
  const w = t(language);
  const paragraphs = [
    w("某某消费金融公司：", "To the consumer-finance company"),
    w("我要向贵方投诉，请按规定登记，并告诉我编号和答复的日期。", "I wish to make a complaint. Please register it, and tell me its reference."),
    w("经过：利息说的是月息1分，实际多收了800元服务费。", "What happened: 1% a month was promised; 800 yuan of service fees came on top."),
    w("姓名：＿＿＿＿＿＿　电话：＿＿＿＿＿＿", "Name: ____________  Telephone: ____________"),
  ];
  return {
    text: paragraphs.join("\n"),
    card: {
      type: "letter",
      title: w("投诉信", "Letter of complaint"),
      paragraphs,
      notice: w("空着的地方自己填。可以复制、打印或照着念。", "Fill in the blanks yourself. Copy it, print it, or read it out."),
    },
    buttons: [{ title: w("主菜单", "Menu"), payload: "/menu" }],
  };
}

function caseCard(language) {
  const w = t(language);
  return {
    text: w("您的投诉：正在办理", "Your complaint: in progress"),
    card: {
      type: "case",
      title: w("您的投诉", "Your complaint"),
      status: w("正在办理", "In progress"),
      figures: [{ label: w("交上来的日期", "Received"), value: "2026-11-20", unit: "text", emphasis: false, note: "" }],
      entries: [
        { author: w("您", "You"), at: "2026-11-20 09:14", text: w("我还想补充：对方用的是个人微信收的钱。", "I want to add: they took the money by a private account."), own: true },
        { author: w("办理人员", "The desk"), at: "2026-11-21 15:02", text: w("我们看到了，正在联系对方机构。\n请把转账截图留好。", "We have read it and are contacting the firm.\nPlease keep the picture of the payment."), own: false },
      ],
      notice: w("有新进展会在这里告诉您。", "News will appear here."),
    },
    buttons: [{ title: w("再说一句", "Add something"), payload: "/add" }],
  };
}

/** What to type to see each. */
function compared(language) {
  const w = t(language);
  return {
    text: w("两笔比下来：第2笔总花费少，第1笔每月轻。", "Side by side: the second costs less in all, the first asks less each month."),
    card: {
      type: "table",
      title: w("比一比", "Side by side"),
      figures: [{ label: w("总花费相差", "Difference in total cost"), value: "812.40", unit: "yuan", emphasis: true, note: "" }],
      tables: [
        {
          caption: w("每一笔", "Each offer"),
          columns: [{ label: w("看什么", "Measure"), unit: "text" }, { label: w("第1笔", "First"), unit: "text" }, { label: w("第2笔", "Second"), unit: "text" }],
          rows: [[w("真正到手", "Received"), "10,000", "9,000"], [w("年化（单利）", "Annual rate (nominal)"), "24%", "18%"]],
        },
      ],
      notices: [w("到手的钱不一样多，先看年化。", "Different sums are received: look at the annual rate first.")],
    },
  };
}

export const SAMPLES = {
  loan, compared,
  danger: verdict("danger"), caution: verdict("caution"), unsure: verdict("unsure"), no_sign: verdict("no_sign"),
  page: lesson("page"), question: lesson("question"), right: lesson("answer", true), wrong: lesson("answer", false), result: lesson("result"),
  summary, receipt, case: caseCard, letter,
};
