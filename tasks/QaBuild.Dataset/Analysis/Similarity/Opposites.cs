namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>
/// Words that stand at two ends: a question about the one end is not a question about the other. An axis is a bit; a text that holds only words of one end
/// contradicts a text that holds only words of the other.
/// </summary>
internal static class Opposites
{
    private const string Axes = """
        maximum max largest biggest highest greatest 最大 最高 最多 | minimum min smallest lowest least 最小 最低 最少
        longest fastest 最长 最快 | shortest slowest 最短 最慢
        increase raise grow 增加 提高 增大 提升 上升 升 | decrease reduce shrink 减少 降低 减小 下降 降
        before 之前 以前 | after 之后 以后
        enable activate 启用 开启 激活 开通 打开 开 | disable deactivate 禁用 停用 关闭 注销 关
        start begin launch 启动 开始 | stop end finish 停止 结束
        primary master leader 主库 主机 主节点 主服务器 | replica standby slave secondary follower 从库 备库 从机 备机 从节点 备节点 从服务器
        read reader 读取 读锁 只读 读 | write writer 写入 写锁 写
        add append install 添加 新增 安装 | remove uninstall 移除 卸载 去掉
        insert create 插入 创建 新建 | delete drop 删除
        import 导入 | export 导出
        upload 上传 | download 下载
        encrypt encryption 加密 | decrypt decryption 解密
        encode 编码 | decode 解码
        compress 压缩 | decompress 解压
        lock 锁定 加锁 | unlock 解锁
        connect 连接 | disconnect 断开
        advantage pro benefit upside 优点 优势 好处 | disadvantage con drawback downside 缺点 劣势 坏处
        left 左边 左侧 左连接 左 | right 右边 右侧 右连接 右
        inner 内部 内连接 | outer 外部 外连接
        uppercase 大写 | lowercase 小写
        ascending asc 升序 正序 | descending desc 降序 倒序
        first 首次 首个 | last final 最后
        synchronous sync 同步 | asynchronous async 异步
        public 公有 公开 | private 私有 私密
        input 输入 | output 输出
        send 发送 发出 | receive 接收 收到
        buy purchase 购买 买入 买 | sell 出售 卖出 卖
        male man men boy 男性 男人 男生 男孩 男 | female woman women girl 女性 女人 女生 女孩 女
        hot 热水 炎热 热 | cold 冷水 寒冷 冷
        day 白天 | night 夜晚 夜间
        morning 早上 上午 早晨 早 | evening afternoon 晚上 下午 晚
        success succeed successful 成功 | fail failure 失败
        allow permit grant 允许 授予 | deny forbid revoke 禁止 拒绝 撤销 收回
        logical 逻辑 | physical 物理
        horizontal 水平 横向 | vertical 垂直 纵向
        static 静态 | dynamic 动态
        local 本地 | remote 远程
        online 在线 | offline 离线
        positive 正数 | negative 负数
        optimistic 乐观 | pessimistic 悲观
        above over 以上 高于 大于 超过 多于 | below under 以下 低于 小于 少于
        fast quick 快速 快 | slow 缓慢 慢
        long 长期 长 | short 短期 短
        new 新版 新 | old 旧版 旧
        good 良好 | bad 糟糕
        easy 简单 容易 | difficult hard 困难
        cheap 便宜 | expensive 昂贵
        commit 提交 | rollback 回滚
        backup 备份 | restore 恢复
        upgrade 升级 | downgrade 降级
        lend 借出 | borrow 借入
        win gain 赢 | lose 输
        big large 大 | small little 小
        high 高 | low 低
        many 多 | few 少
        进 | 出
        加 | 减
        summer 夏天 夏季 | winter 冬天 冬季
        north 北方 北部 | south 南方 南部
        east 东部 东方 | west 西部 西方
        parent 父 | child 子
        inside | outside
        single 单个 | multiple 多个
        """;

    /// <summary>Every word with its end: <c>axis + 1</c> for the one, <c>-(axis + 1)</c> for the other.</summary>
    public static IEnumerable<(string Word, int End)> All { get; } =
        [.. Axes.Split('\n').SelectMany((line, axis) => line.Split('|').SelectMany((end, side) => end.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => (word, side == 0 ? axis + 1 : -axis - 1))))];
}
